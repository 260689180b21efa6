"""How items do: orders and sales of a period beside the one before, ranks, speed, stock, adverts, money."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from typing import Any, Literal
from uuid import UUID

from contracts.analytics import PeriodFigures
from contracts.currency import Currency
from contracts.items import AdvertPeriod, BuyoutPeriod, Percent, Rank, Section, Speed, UnitMoney
from contracts.model import Figure, Model, NmId
from pydantic import ConfigDict, Field

from gateway import freshness
from gateway.lists import Branches, Listing, Page, Window
from gateway.reading import Row
from gateway.replica import Reads
from gateway.shown_products import Left
from gateway.sorting import Key, Sorting

SOURCES = ("orders", "sales", "stocks")
"""What the figures that items are listed by are made of."""

LONGEST_NAME = 100


class PerformanceSort(StrEnum):
    """By what items are ordered, the largest first."""

    ORDERS = "-orders"
    ORDERS_SUM = "-orders_sum"
    SALES = "-sales"
    SALES_SUM = "-sales_sum"
    CANCELLED = "-cancelled"


class Change(Model):
    """Against the period before, %; null: there was nothing before."""

    orders: Percent | None
    orders_sum: Percent | None
    sales: Percent | None
    sales_sum: Percent | None


class ItemPerformance(Model):
    """An item in a currency over a period. Null: not counted, or unknown.."""

    model_config = ConfigDict(json_schema_serialization_defaults_required=True)

    cabinet_id: UUID
    nm_id: NmId
    vendor_code: str | None = Field(description="null: its card is not known")
    title: str | None
    brand: str | None
    subject: str | None
    photo: str | None
    currency: Currency
    figures: PeriodFigures
    change: Change
    rank: Rank | None = Field(description="ABC by 30 days, XYZ by whole weeks, whatever the period")
    buyout: BuyoutPeriod | None = Field(description="of the period")
    speed: Speed | None = Field(description="of the period")
    adverts: AdvertPeriod | None = Field(description="of the period")
    money: UnitMoney | None = Field(description="of one bought piece, an estimate")
    profit: Figure | None = Field(description="that estimate times what was sold less what was given back")
    stock: Left | None = Field(description="what there is, how long it lasts, what to send")


@dataclass(frozen=True)
class PerformanceQuery:
    """Which items of which cabinets, over which period."""

    cabinets: Sequence[UUID]
    period: int
    sort: PerformanceSort = PerformanceSort.ORDERS_SUM
    nm_id: int | None = None
    brand: str | None = None
    subject: str | None = None
    currency: str | None = None
    abc: Literal["A", "B", "C"] | None = None
    xyz: Literal["X", "Y", "Z"] | None = None
    to_send: bool = False


_SHOWN_SECTIONS = (Section.RANK, Section.BUYOUT, Section.VELOCITY, Section.ADVERTS, Section.MONEY, Section.STOCK)
_HAS_SECTION = """EXISTS (
    SELECT FROM reporter_published.item_figures AS section WHERE section.cabinet_id = period.cabinet_id
        AND section.nm_id = period.nm_id AND section.section = '{section}' AND {condition}
)"""
_RANKED = _HAS_SECTION.format(
    section=Section.RANK, condition="section.currency = period.currency AND body ->> '{name}' = :{parameter}"
)
_TO_SEND = _HAS_SECTION.format(section=Section.STOCK, condition="CAST(body -> 'total' ->> 'replenish' AS numeric) > 0")
_OF_CARD = """EXISTS (
    SELECT FROM reporter_published.products AS card WHERE card.cabinet_id = period.cabinet_id
        AND card.nm_id = period.nm_id AND "left"(card.{column}, %s) = :{column}
)""" % (LONGEST_NAME + 1)
_BESIDE = """
SELECT item.cabinet_id, item.nm_id, item.currency, card.vendor_code, card.title, card.brand, card.subject, card.photo,
    sections.bodies
FROM unnest(CAST(:cabinets AS uuid[]), CAST(:nm_ids AS bigint[]), CAST(:currencies AS text[]))
    AS item (cabinet_id, nm_id, currency)
CROSS JOIN LATERAL (
    SELECT jsonb_object_agg(section, body) AS bodies FROM reporter_published.item_figures AS figures
    WHERE figures.cabinet_id = item.cabinet_id AND figures.nm_id = item.nm_id
        AND section = ANY (CAST(:sections AS text[])) AND figures.currency IN ('', item.currency)
) AS sections
LEFT JOIN reporter_published.products AS card ON card.cabinet_id = item.cabinet_id AND card.nm_id = item.nm_id
"""


def listing(query: PerformanceQuery) -> Listing:
    """The list of a query."""
    conditions, values = ["nm_id <> 0", "period_days = :period"], dict[str, Any](period=int(query.period))
    for column in ("nm_id", "currency"):
        if getattr(query, column) is not None:
            conditions.append(f"{column} = :{column}")
            values[column] = getattr(query, column)
    for column in ("brand", "subject"):
        if getattr(query, column) is not None:
            conditions.append(_OF_CARD.format(column=column))
            values[column] = getattr(query, column)
    for parameter, name in (("abc", "abc_revenue"), ("xyz", "xyz")):
        if getattr(query, parameter) is not None:
            conditions.append(_RANKED.format(name=name, parameter=parameter))
            values[parameter] = getattr(query, parameter)
    if query.to_send:
        conditions.append(_TO_SEND)
    keys = [
        Key(query.sort.removeprefix("-"), "numeric"),
        Key("nm_id", "bigint"),
        Key("currency", "text"),
        Key("cabinet_id", "uuid"),
    ]
    sorting = Sorting(query.sort.value, keys, descending=True)
    columns = f"cabinet_id, {', '.join(PeriodFigures.model_fields)}"
    return Listing(
        "reporter_published.analytics AS period", columns, conditions, values, sorting, Branches.of(query.cabinets)
    )


async def page(reads: Reads, query: PerformanceQuery, window: Window) -> Page[ItemPerformance]:
    """A page of items, each currency apart; with a total where it is read by offset.

    Raises:
        NotACursor: the cursor is none of this list.
    """
    found = listing(query)
    async with reads.showing(query.cabinets) as shown:
        rows = await found.page(shown, window)
        total = await found.total(shown, window, rows)
        values = {
            "cabinets": [row["cabinet_id"] for row in rows.rows],
            "nm_ids": [row["nm_id"] for row in rows.rows],
            "currencies": [row["currency"] for row in rows.rows],
            "sections": list(_SHOWN_SECTIONS),
        }
        beside = {_key(each): each for each in await shown.rows(_BESIDE, values)}
        age = await freshness.read(shown, query.cabinets, SOURCES)
    return Page([_shown(row, beside[_key(row)]) for row in rows.rows], rows.next_cursor, total, age)


def change(now: Decimal | int | None, before: Decimal | int | None) -> Decimal | None:
    """By how much more it is than before, % with two decimals; none: there was nothing before, or it is unknown."""
    if now is None or not before:
        return None
    return ((Decimal(now) - before) * 100 / before).quantize(Decimal("0.01"))


def _key(row: Row) -> tuple[UUID, int, str]:
    return row["cabinet_id"], row["nm_id"], row["currency"]


def _shown(row: Row, beside: Row) -> ItemPerformance:
    figures = PeriodFigures.model_validate(dict(row))
    bodies = beside["bodies"] or {}
    money = bodies.get(Section.MONEY, {}).get("estimate")
    a_piece = None if money is None or money["profit"] is None else Decimal(money["profit"])
    sold = (figures.sales or 0) - (figures.returns or 0)
    return ItemPerformance.model_validate(
        {
            **beside,
            "figures": figures,
            "change": Change(
                **{
                    name: change(getattr(figures, name), getattr(figures, f"previous_{name}"))
                    for name in Change.model_fields
                }
            ),
            "rank": bodies.get(Section.RANK),
            "buyout": _of_period(bodies.get(Section.BUYOUT), figures.period_days),
            "speed": _of_period(bodies.get(Section.VELOCITY), figures.period_days),
            "adverts": _of_period(bodies.get(Section.ADVERTS), figures.period_days),
            "money": money,
            "profit": None if a_piece is None else a_piece * sold,
            "stock": bodies.get(Section.STOCK, {}).get("total"),
        }
    )


def _of_period(body: dict[str, Any] | None, period_days: int) -> dict[str, Any] | None:
    periods: list[dict[str, Any]] = body["periods"] if body else []
    return next((each for each in periods if each["period_days"] == period_days), None)
