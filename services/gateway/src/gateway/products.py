"""Product cards with their prices, and what the reporter counts of each item."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Any
from uuid import UUID

from contracts.analytics import PeriodFigures
from contracts.items import SECTIONS, Section

from gateway import freshness
from gateway.freshness import Freshness
from gateway.lists import Branches, Listing, Page, Window
from gateway.reading import Row, Shown
from gateway.replica import Reads
from gateway.shown_products import FiguresInCurrency, ListedProduct, Product, ProductFigures
from gateway.sorting import Key, Sorting
from gateway.words import containing

SOURCES = ("products", "prices", "stocks", "feedbacks")
"""What a list of items is made of."""
SOURCES_OF_ONE = (*SOURCES, "orders", "sales")

LONGEST_NAME = 100
"""Of brands and subjects: the index of names holds one character more, and so no longer name's beginning matches."""


class ProductSort(StrEnum):
    """By what items are ordered; `-`: the largest first."""

    NM_ID = "nm_id"
    NM_ID_DOWN = "-nm_id"
    UPDATED_AT = "updated_at"
    UPDATED_AT_DOWN = "-updated_at"


class ProductState(StrEnum):
    """Which cards are listed."""

    LISTED = "listed"
    TRASHED = "trashed"
    ALL = "all"


@dataclass(frozen=True)
class ProductQuery:
    """Which items of which cabinets."""

    cabinets: Sequence[UUID]
    sort: ProductSort = ProductSort.NM_ID_DOWN
    state: ProductState = ProductState.LISTED
    text: str | None = None
    brand: str | None = None
    subject: str | None = None


_CARD = "cabinet_id, nm_id, vendor_code, title, brand, subject, photo, sizes, updated_at, created_at, is_listed"
_WHOLE_CARD = f"{_CARD}, imt_id, subject_id, length, width, height, weight_brutto, dimensions_valid, need_kiz"
# What stands beside the cards of a page: of each item the rows of its own key.
_BESIDE = f"""
SELECT item.cabinet_id, item.nm_id, prices.ranges, figures.stock, figures.reviews
FROM unnest(CAST(:cabinets AS uuid[]), CAST(:nm_ids AS bigint[])) AS item (cabinet_id, nm_id)
CROSS JOIN LATERAL (
    SELECT jsonb_agg(to_jsonb(of_currency) ORDER BY currency) AS ranges FROM (
        SELECT currency, CAST(min(price) AS text) AS price_from, CAST(max(price) AS text) AS price_to,
            CAST(min(discounted_price) AS text) AS discounted_from,
            CAST(max(discounted_price) AS text) AS discounted_to
        FROM reporter_published.prices
        WHERE cabinet_id = item.cabinet_id AND nm_id = item.nm_id AND NOT gone GROUP BY currency
    ) AS of_currency
) AS prices
CROSS JOIN LATERAL (
    SELECT (array_agg(body -> 'total') FILTER (WHERE section = '{Section.STOCK}'))[1] AS stock,
        (array_agg(body) FILTER (WHERE section = '{Section.REVIEWS}'))[1] AS reviews
    FROM reporter_published.item_figures
    WHERE cabinet_id = item.cabinet_id AND nm_id = item.nm_id AND section IN ('{Section.STOCK}', '{Section.REVIEWS}')
) AS figures
"""
_FIND = f"""
SELECT {_WHOLE_CARD} FROM reporter_published.products
WHERE cabinet_id = ANY (CAST(:cabinets AS uuid[])) AND nm_id = :nm_id ORDER BY cabinet_id LIMIT 1
"""
_PRICES = """
SELECT size_id, tech_size_name, currency, price, discounted_price, club_discounted_price, discount, club_discount
FROM reporter_published.prices
WHERE cabinet_id = :cabinet_id AND nm_id = :nm_id AND NOT gone ORDER BY size_id
"""
_PERIODS = f"""
SELECT {", ".join(PeriodFigures.model_fields)} FROM reporter_published.analytics
WHERE cabinet_id = :cabinet_id AND nm_id = :nm_id ORDER BY currency, period_days
"""
_FIGURES = """
SELECT section, currency, as_of, CAST(body AS text) AS body FROM reporter_published.item_figures
WHERE cabinet_id = :cabinet_id AND nm_id = :nm_id ORDER BY currency, section
"""


def listing(query: ProductQuery) -> Listing:
    """The list of a query."""
    conditions: list[str] = []
    values: dict[str, Any] = {}
    for column in ("brand", "subject"):
        name = getattr(query, column)
        if name is not None:
            conditions.append(f'"left"({column}, {LONGEST_NAME + 1}) = :{column}')
            values[column] = name
    if query.state is not ProductState.ALL:
        conditions.append("is_listed" if query.state is ProductState.LISTED else "NOT is_listed")
    if query.text is not None:
        conditions.append(containing("title", "vendor_code", "brand", "nm_id"))
        values["text"] = query.text
    column = query.sort.removeprefix("-")
    keys = [Key("nm_id", "bigint"), Key("cabinet_id", "uuid")]
    if column == "updated_at":
        keys.insert(0, Key("updated_at", "timestamptz"))
    sorting = Sorting(query.sort.value, keys, descending=query.sort.startswith("-"))
    return Listing("reporter_published.products", _CARD, conditions, values, sorting, Branches.of(query.cabinets))


async def page(reads: Reads, query: ProductQuery, window: Window) -> Page[ListedProduct]:
    """A page of items; with a total where it is read by offset.

    Raises:
        NotACursor: the cursor is none of this list.
    """
    found = listing(query)
    async with reads.showing(query.cabinets) as shown:
        rows = await found.page(shown, window)
        total = await found.total(shown, window, rows)
        items = [(row["cabinet_id"], row["nm_id"]) for row in rows.rows]
        values = {"cabinets": [cabinet for cabinet, _ in items], "nm_ids": [nm_id for _, nm_id in items]}
        beside = {(each["cabinet_id"], each["nm_id"]): each for each in await shown.rows(_BESIDE, values)}
        age = await freshness.read(shown, query.cabinets, SOURCES)
    products = [_listed(row, beside[row["cabinet_id"], row["nm_id"]]) for row in rows.rows]
    return Page(products, rows.next_cursor, total, age)


async def find(reads: Reads, cabinets: Sequence[UUID], nm_id: int) -> tuple[Product, Freshness] | None:
    """One item, of the first of the cabinets that has it; none: no cabinet has its card."""
    async with reads.showing(cabinets) as shown:
        card = await shown.row(_FIND, {"cabinets": list(cabinets), "nm_id": nm_id})
        if card is None:
            return None
        of_item = {"cabinet_id": card["cabinet_id"], "nm_id": nm_id}
        prices = await shown.rows(_PRICES, of_item)
        periods = await shown.rows(_PERIODS, of_item)
        bodies = await _bodies(shown, of_item)
        age = await freshness.read(shown, [card["cabinet_id"]], SOURCES_OF_ONE)
    without_money = bodies.by_currency.pop("", {})
    figures = ProductFigures(
        as_of=bodies.as_of,
        periods=tuple(PeriodFigures.model_validate(dict(row)) for row in periods),
        buyout=without_money.get(Section.BUYOUT),
        velocity=without_money.get(Section.VELOCITY),
        currencies=tuple(
            FiguresInCurrency.model_validate({"currency": currency, **sections})
            for currency, sections in sorted(bodies.by_currency.items())
        ),
    )
    product = Product.model_validate(
        {
            **card,
            "prices": [dict(row) for row in prices],
            "stock": without_money.get(Section.STOCK),
            "reviews": without_money.get(Section.REVIEWS),
            "figures": figures,
        }
    )
    return product, age


@dataclass(frozen=True)
class _Bodies:
    as_of: date | None
    by_currency: dict[str, dict[str, Any]]
    """Under no currency the sections without money."""


async def _bodies(shown: Shown, of_item: dict[str, Any]) -> _Bodies:
    by_currency: dict[str, dict[str, Any]] = defaultdict(dict)
    days = []
    for row in await shown.rows(_FIGURES, of_item):
        section = Section(row["section"])
        by_currency[row["currency"]][section] = SECTIONS[section].model_validate_json(row["body"])
        days.append(row["as_of"])
    return _Bodies(min(days, default=None), by_currency)


def _listed(card: Row, beside: Any) -> ListedProduct:
    return ListedProduct.model_validate(
        {**card, "prices": beside["ranges"] or (), "stock": beside["stock"], "reviews": beside["reviews"]}
    )
