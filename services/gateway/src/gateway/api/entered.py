"""What sellers enter of their cabinets: costs, taxes, other costs, lead times, plans."""

from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping
from datetime import date
from decimal import Decimal
from typing import Annotated, Any, Generic, Literal, Self, TypeVar
from uuid import UUID

from contracts.currency import ROUBLE, Currency
from contracts.model import MAX_BATCH, Model, Moment
from fastapi import APIRouter, Depends, Query, Response
from pydantic import AfterValidator, BaseModel, ConfigDict, Field, model_validator

from contracts import cache_keys
from gateway import entered
from gateway.answers.form import Listed
from gateway.api.auth import Caller, Reading, Writer
from gateway.api.form import AskedList, described, visible_cabinets
from gateway.api.parts import UsedParts
from gateway.api.problems import Problem, documented
from gateway.entered import Cursor, Kind, Place, Revision, Values
from gateway.lists import Page, Window

router = APIRouter(prefix="/cabinets/{cabinet_id}", tags=["entered"])

MAX_NM_ID = 10**12
MAX_COUNT = 10**9
MAX_DAYS = 3650
FIRST_YEAR, LAST_YEAR = 2000, 2100


def _day(day: date) -> date:
    if not FIRST_YEAR <= day.year <= LAST_YEAR:
        raise ValueError(f"a day of the years {FIRST_YEAR} to {LAST_YEAR}")
    return day


def _month(day: date) -> date:
    if day.day != 1:
        raise ValueError("the first day of a month")
    return _day(day)


# Written in one way, so that the same amount entered again is no change.
_cents = AfterValidator(lambda amount: amount.quantize(Decimal("0.01")) + 0)

NmId = Annotated[int, Field(ge=1, le=MAX_NM_ID, description="WB article", examples=[214503977])]
NmIdOrAll = Annotated[
    int, Field(ge=0, le=MAX_NM_ID, description="WB article; 0: every item without a row of its own", examples=[0])
]
Day = Annotated[date, AfterValidator(_day)]
ValidFrom = Annotated[
    Day, Field(description="first Moscow day on which it holds, until the item's next row", examples=["2026-11-01"])
]
Month = Annotated[date, AfterValidator(_month), Field(description="its first day", examples=["2026-11-01"])]
Amount = Annotated[Decimal, Field(ge=0, max_digits=14, decimal_places=2, examples=["520.00"]), _cents]
Percent = Annotated[Decimal, Field(ge=0, le=100, decimal_places=2, examples=["6.00"]), _cents]
Count = Annotated[int, Field(ge=0, le=MAX_COUNT)]
Days = Annotated[int, Field(ge=0, le=MAX_DAYS)]


class Row(BaseModel, ABC):
    """Something entered."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    @property
    @abstractmethod
    def place(self) -> Place:
        """What tells it from the other rows of its kind."""


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

    chrt_id: Annotated[int, Field(ge=1, le=MAX_NM_ID)] | None = Field(
        default=None, description="the size; null: not told by size"
    )
    units: Count
    arrives_on: Day | None = Field(
        default=None, description="from this day on they are no longer on their way; null: until entered anew"
    )


class LeadTime(_ItemRow):
    """How an item is brought in again."""

    lead_days: Days = Field(description="from ordering it again to its being sold at Wildberries")
    lead_days_deviation: Annotated[Amount, Field(le=MAX_DAYS)] | None = Field(
        default=None, description="standard deviation, days; null counts as 0"
    )
    target_days: Days | None = Field(default=None, description="what is sent is to last so long; null: 30")
    box_units: Annotated[int, Field(ge=1, le=MAX_COUNT)] | None = Field(
        default=None, description="pieces in a box; null: sent by ones"
    )
    incoming: tuple[Incoming, ...] = Field(default=(), max_length=100)


class MonthPlan(Row):
    """What is to be ordered in a month, in pieces, in money or in both."""

    nm_id: Annotated[int, Field(ge=0, le=MAX_NM_ID, description="WB article; 0: the whole cabinet")]
    month: Month
    orders: Count | None = Field(default=None, description="pieces; null: not planned")
    orders_sum: Amount | None = Field(default=None, description="null: not planned")
    currency: Currency = ROUBLE

    @model_validator(mode="after")
    def _plans_something(self) -> Self:
        if self.orders is None and self.orders_sum is None:
            raise ValueError("give orders, orders_sum or both")
        return self

    @property
    def place(self) -> Place:
        return Place(self.nm_id, self.month)


R = TypeVar("R", bound=Row)


class Enter(BaseModel, Generic[R]):
    """Rows to store: each takes the place of the one that was entered for the same item and day."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    rows: tuple[R, ...] = Field(min_length=1, max_length=MAX_BATCH)

    @model_validator(mode="after")
    def _each_once(self) -> Self:
        if len({row.place for row in self.rows}) < len(self.rows):
            raise ValueError("an item has two rows of one day")
        return self


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


def _item_and_day(
    nm_id: Annotated[int, Query(ge=0, le=MAX_NM_ID)], valid_from: Annotated[Day, Query(description="as entered")]
) -> Place:
    return Place(nm_id, valid_from)


def _day_alone(valid_from: Annotated[Day, Query(description="as entered")]) -> Place:
    return Place(0, valid_from)


def _item_and_month(
    nm_id: Annotated[int, Query(ge=0, le=MAX_NM_ID)], month: Annotated[Month, Query(description="its first day")]
) -> Place:
    return Place(nm_id, month)


def _any_item(
    nm_id: Annotated[int | None, Query(ge=0, le=MAX_NM_ID, description="one item; without it, all")] = None,
) -> int | None:
    return nm_id


def _no_item() -> None:
    return None


def _add(
    path: str,
    kind: Kind,
    row: type[Row],
    what: str,
    place_of: Callable[..., Place] = _item_and_day,
    item_of: Callable[..., int | None] = _any_item,
) -> None:
    """The operations of one kind: enter, list, take back."""
    stored_row: type[Entered[Any]] = Entered[row]  # type: ignore[valid-type]  # the class is given
    stored_rows: type[EnteredRows[Any]] = EnteredRows[row]  # type: ignore[valid-type]  # likewise

    @router.put(
        path, name=f"enter_{kind}", summary=f"Enter {what}", response_model=stored_rows, responses=documented(404, 413)
    )
    async def enter(caller: Writer, parts: UsedParts, cabinet_id: UUID, body: Enter[row]) -> EnteredRows[Any]:  # type: ignore[valid-type]  # the class is given
        """Each row takes the place of the one entered before for the same item and day, and gets the next revision.

        A row that says what was said before changes nothing, so a request is safe to repeat. All rows are stored or
        none. Figures that they affect follow within seconds. An item need not be known yet.
        """
        given: Enter[Row] = body
        rows = {each.place: each.model_dump(mode="json") for each in given.rows}
        return stored_rows(rows=await _entered(parts, caller, cabinet_id, kind, rows))

    @router.get(
        path,
        name=f"list_{kind}",
        summary=f"List {what}",
        **described(Listed[stored_row], kind.value, is_list=True),  # type: ignore[valid-type]  # likewise
    )
    async def listed(
        answer: Reading,
        parts: UsedParts,
        asked: AskedList,
        cabinet_id: UUID,
        nm_id: Annotated[int | None, Depends(item_of)],
        history: Annotated[
            bool, Query(description="every revision, also of what was taken back; without it, what counts now")
        ] = False,
    ) -> Response:
        """What was entered, by item, day and revision, the last first. On a day, an item's newest row that has begun
        counts."""
        visible_cabinets(answer, cabinet_id)
        await answer.depends_on(cache_keys.entered_tag(cabinet_id))

        async def read(window: Window) -> Page[Any]:
            async with parts.database.transaction() as connection:
                found = await entered.page(
                    connection, window, cabinet_id=cabinet_id, kind=kind, history=history, nm_id=nm_id
                )
            rows = found[: window.limit]
            is_last = len(found) <= window.limit
            next_cursor = None if is_last else Cursor(rows[-1].place, rows[-1].revision).encode()
            return Page([stored_row.model_validate(row) for row in rows], next_cursor, None, None)

        return await asked.answer(answer, read, keep_seconds=cache_keys.TTL_REFERENCE_SECONDS)

    @router.delete(
        path, name=f"take_back_{kind}", summary=f"Take back {what}", status_code=204, responses=documented(404)
    )
    async def take_back(
        caller: Writer, parts: UsedParts, cabinet_id: UUID, place: Annotated[Place, Depends(place_of)]
    ) -> None:
        """The row counts no more, as if it had never been entered: the one before it holds on. Its history stays."""
        if not await _entered(parts, caller, cabinet_id, kind, {place: None}):
            raise Problem(404, "entered_row_not_found", "Nothing was entered for this item and day.")


async def _entered(
    parts: UsedParts, caller: Caller, cabinet_id: UUID, kind: Kind, rows: Mapping[Place, Values | None]
) -> list[Revision]:
    async with parts.database.transaction() as connection:
        stored = await entered.enter(connection, cabinet_id=cabinet_id, user=caller.telegram_id, kind=kind, rows=rows)
    await parts.cache.invalidate([cache_keys.entered_tag(cabinet_id)])
    return stored


_add("/costs", Kind.COSTS, Cost, "costs of goods")
_add("/tax", Kind.TAXES, Tax, "taxes", _day_alone, _no_item)
_add("/other-costs", Kind.OTHER_COSTS, OtherCost, "other costs")
_add("/lead-times", Kind.LEAD_TIMES, LeadTime, "lead times and what is on its way")
_add("/plan", Kind.PLANS, MonthPlan, "plans of months", _item_and_month)
