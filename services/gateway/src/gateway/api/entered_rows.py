"""Rows that sellers enter, as they are sent and as they are answered."""

import re
from abc import ABC, abstractmethod
from datetime import date
from decimal import Decimal
from typing import Annotated, Any, Generic, Literal, TypeVar

from contracts.currency import ROUBLE, Currency
from contracts.model import MAX_BATCH, Model, Moment
from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, WithJsonSchema, model_validator

from gateway.api.problems import Problem
from gateway.entered import Place, Revision

MAX_NM_ID = 10**12
MAX_COUNT = 10**9
MAX_DAYS = 3650
FIRST_YEAR, LAST_YEAR = 2000, 2100


# Each value has the spelling that the schema can say: pydantic alone would take a text for a number, a number of
# seconds for a day, and a float, which is no amount of money, for an amount.
_YEAR, _MONTH_OF_YEAR = "^(20[0-9]{2}|2100)", "(0[1-9]|1[0-2])"
_DAYS = f"{_YEAR}-{_MONTH_OF_YEAR}-[0-3][0-9]$"
_FIRST_DAYS = f"{_YEAR}-{_MONTH_OF_YEAR}-01$"
_UP_TO_100 = r"^(100(\.00?)?|[0-9]{1,2}(\.[0-9]{1,2})?)$"
_UP_TO_MAX_DAYS = r"^(3650(\.00?)?|([0-9]{1,3}|[12][0-9]{3}|3[0-5][0-9]{2}|36[0-4][0-9])(\.[0-9]{1,2})?)$"
_UP_TO_MAX_AMOUNT = r"^[0-9]{1,12}(\.[0-9]{1,2})?$"


def _check_whole(number: object) -> object:
    if isinstance(number, float) and number.is_integer():
        return int(number)  # JSON does not tell 5.0 from 5
    if type(number) is not int:
        raise ValueError("a whole number")
    return number


# After the bounds: before them, the schema would not have them.
_whole = BeforeValidator(_check_whole)


def _day_like(pattern: str, what: str) -> tuple[BeforeValidator, WithJsonSchema]:
    def check(day: object) -> object:
        if isinstance(day, date) or (isinstance(day, str) and re.fullmatch(pattern, day)):
            return day
        raise ValueError(what)

    return BeforeValidator(check), WithJsonSchema({"type": "string", "format": "date", "pattern": pattern})


def _amount_like(pattern: str, most: int) -> tuple[BeforeValidator, WithJsonSchema]:
    def check(amount: object) -> str:
        if isinstance(amount, float) and amount.is_integer():
            amount = int(amount)
        if isinstance(amount, str | int | Decimal) and re.fullmatch(pattern, str(amount)):
            return str(amount)
        raise ValueError(f"a number from 0 to {most} with two decimals at most, as a string")

    spelt = [{"type": "string", "pattern": pattern}, {"type": "integer", "minimum": 0, "maximum": most}]
    return BeforeValidator(check), WithJsonSchema({"anyOf": spelt})


# Written in one way, so that the same amount entered again is no change.
_cents = AfterValidator(lambda amount: amount.quantize(Decimal("0.01")) + 0)

NmId = Annotated[int, Field(ge=1, le=MAX_NM_ID, description="WB article", examples=[214503977]), _whole]
NmIdOrAll = Annotated[
    int,
    Field(
        ge=0,
        le=MAX_NM_ID,
        description="WB article; 0: every item without a row of its own",
        examples=[0],
    ),
    _whole,
]
Day = Annotated[date, *_day_like(_DAYS, f"a day of the years {FIRST_YEAR} to {LAST_YEAR}")]
ValidFrom = Annotated[
    Day, Field(description="first Moscow day on which it holds, until the item's next row", examples=["2026-11-01"])
]
Month = Annotated[
    date,
    *_day_like(_FIRST_DAYS, f"the first day of a month of the years {FIRST_YEAR} to {LAST_YEAR}"),
    Field(description="its first day", examples=["2026-11-01"]),
]
Amount = Annotated[Decimal, Field(examples=["520.00"]), *_amount_like(_UP_TO_MAX_AMOUNT, 10**12 - 1), _cents]
Percent = Annotated[Decimal, Field(examples=["6.00"]), *_amount_like(_UP_TO_100, 100), _cents]
Deviation = Annotated[Decimal, Field(examples=["3.00"]), *_amount_like(_UP_TO_MAX_DAYS, MAX_DAYS), _cents]
Count = Annotated[int, Field(ge=0, le=MAX_COUNT), _whole]
Days = Annotated[int, Field(ge=0, le=MAX_DAYS), _whole]


class Row(BaseModel, ABC):
    """Something entered."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    @property
    @abstractmethod
    def place(self) -> Place:
        """What tells it from the other rows of its kind."""

    def check(self) -> None:
        """Whether it says something.

        Raises:
            Problem: 422, it does not.
        """


class _ItemRow(Row):
    nm_id: NmIdOrAll
    valid_from: ValidFrom

    @property
    def place(self) -> Place:
        return Place(self.nm_id, self.valid_from)


class Cost(_ItemRow):
    """What one piece of an item cost the seller, with all that was paid until it was ready to sell."""

    nm_id: NmId
    cost: Amount
    currency: Currency = ROUBLE


class Tax(Row):
    """The tax that the cabinet pays."""

    valid_from: ValidFrom
    percent: Percent
    base: Literal["income", "income_less_costs"] = Field(
        description="income: of the seller's price; income_less_costs: of what costs leave of it, never below 0"
    )

    @property
    def place(self) -> Place:
        return Place(0, self.valid_from)


class OtherCost(_ItemRow):
    """What else a sold piece costs: packing, marking, own delivery to a warehouse."""

    amount: Amount = Field(description="of one sold piece")
    currency: Currency = ROUBLE


class Incoming(BaseModel):
    """Pieces on their way to a warehouse of Wildberries."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    chrt_id: Annotated[int, Field(ge=1, le=MAX_NM_ID), _whole] | None = Field(
        default=None, description="the size; null: not told by size"
    )
    units: Count
    arrives_on: Day | None = Field(
        default=None, description="from this day on they are no longer on their way; null: until entered anew"
    )


class LeadTime(_ItemRow):
    """How an item is brought in again."""

    lead_days: Days = Field(description="from ordering it again to its being sold at Wildberries")
    lead_days_deviation: Deviation | None = Field(
        default=None, description="standard deviation, days; null counts as 0"
    )
    target_days: Days | None = Field(default=None, description="what is sent is to last so long; null: 30")
    box_units: Annotated[int, Field(ge=1, le=MAX_COUNT), _whole] | None = Field(
        default=None, description="pieces in a box; null: sent by ones"
    )
    incoming: tuple[Incoming, ...] = Field(default=(), max_length=100)


class MonthPlan(Row):
    """What is to be ordered in a month, in pieces, in money or in both."""

    nm_id: Annotated[int, Field(ge=0, le=MAX_NM_ID, description="WB article; 0: the whole cabinet"), _whole]
    month: Month
    orders: Count | None = Field(default=None, description="pieces; null: not planned")
    orders_sum: Amount | None = Field(default=None, description="null: not planned")
    currency: Currency = ROUBLE

    @property
    def place(self) -> Place:
        return Place(self.nm_id, self.month)

    def check(self) -> None:
        if self.orders is None and self.orders_sum is None:
            raise Problem(422, "plan_empty", f"The plan of {self.month:%Y-%m}: give orders, orders_sum or both.")


R = TypeVar("R", bound=Row)


class Enter(BaseModel, Generic[R]):
    """Rows to store: each takes the place of the one that was entered for the same item and day."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    rows: tuple[R, ...] = Field(min_length=1, max_length=MAX_BATCH)

    def check(self) -> None:
        """What no schema can say.

        Raises:
            Problem: 422, of a row, or of rows that are for the same item and day.
        """
        for row in self.rows:
            row.check()
        if len({row.place for row in self.rows}) < len(self.rows):
            raise Problem(422, "row_repeated", "An item has two rows of one day.")


class Entered(Model, Generic[R]):
    """A row as it was entered."""

    row: R | None = Field(description="null: taken back")
    nm_id: int = Field(description="0: the whole cabinet, or every item")
    day: date = Field(description="that it holds from, or the first of the month")
    revision: int = Field(description="counts from 1 how often the row was changed")
    entered_at: Moment
    entered_by: int = Field(description="Telegram user")

    @model_validator(mode="before")
    @classmethod
    def _read(cls, revision: Any) -> Any:
        if not isinstance(revision, Revision):
            return revision
        place = revision.place
        return {**vars(revision), "row": revision.body, "nm_id": place.nm_id, "day": place.day}


class EnteredRows(Model, Generic[R]):
    """Rows by item and day, the last first."""

    rows: tuple[Entered[R], ...] = Field(max_length=MAX_BATCH)
