"""ABC: which items make the revenue."""

from collections.abc import Sequence
from decimal import Decimal
from typing import TYPE_CHECKING

from pulse_client.models import ItemPerformance, ListMeta, Rank
from servicekit.text import UNKNOWN

from bot.views.lines import MAX_CAPTION_UNITS, amount, freshness, message, titled
from bot.views.reader import Reader

if TYPE_CHECKING:
    from bot.charts.abc import Item

CLASSES = ("A", "B", "C")
MAX_NAMED = 5


def caption(reader: Reader, items: Sequence[ItemPerformance], count: str, meta: ListMeta) -> str:
    """Beside the chart: the items that make most, `count` of all in words."""
    lines = [f"🔤 <b>{reader.text('ABC by revenue of 30 days')}</b>"]
    if count:
        lines.append(reader.text("Items: {count}", count=count))
    lines.append("")
    for place, item in enumerate(items[:MAX_NAMED], 1):
        lines.append(f"{place}. {_row(reader, item)}")
    if not items:
        lines.append(reader.text("No item has revenue in these 30 days"))
    lines += ["", reader.text("A makes 80 % of the revenue, B the next 15 %, C the rest.")]
    return message(lines, freshness(reader, meta), units=MAX_CAPTION_UNITS)


def page(
    reader: Reader, items: Sequence[ItemPerformance], meta: ListMeta, *, letter: str, first: int, count: str
) -> str:
    """Items of a class, the largest first."""
    head = "🔤 <b>" + reader.text("Class {letter}", letter=letter) + "</b>"
    lines = [" · ".join(filter(None, (head, count)))]
    if not items:
        lines += ["", reader.text("No items here.")]
    for number, item in enumerate(items, first):
        lines += ["", f"<b>{number}.</b> {_row(reader, item)}", _figures(reader, item)]
    return message(lines, freshness(reader, meta))


def ranked(items: Sequence[ItemPerformance]) -> "list[Item]":
    """What the chart is drawn from: items of which the share is known."""
    from bot.charts.abc import Item

    made = []
    for item in items:
        rank = item.rank
        share = amount(rank.revenue_share) if isinstance(rank, Rank) else None
        if isinstance(rank, Rank) and share is not None and isinstance(rank.abc_revenue, str):
            name = item.title or item.vendor_code or str(item.nm_id)
            made.append(Item(name=name, share=share, abc=rank.abc_revenue))
    return made


def _row(reader: Reader, item: ItemPerformance) -> str:
    rank = item.rank
    letters = "".join(part for part in (rank.abc_revenue, rank.xyz) if isinstance(part, str)) if rank else ""
    share = amount(rank.revenue_share) if rank else None
    said = UNKNOWN if share is None else reader.percent(share.quantize(Decimal("0.1")))
    return f"{titled(item.title, item.vendor_code, item.nm_id, 40)} · <b>{letters or UNKNOWN}</b> · {said}"


def _figures(reader: Reader, item: ItemPerformance) -> str:
    total = reader.money(amount(item.figures.orders_sum), item.currency)
    profit = reader.money(amount(item.profit), item.currency)
    return f"{item.nm_id} · {reader.text('orders {sum}', sum=total)} · {reader.text('profit {sum}', sum=profit)}"
