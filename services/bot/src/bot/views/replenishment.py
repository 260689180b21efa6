"""What to send to Wildberries: the rows of the file, and the first of them as a message."""

from collections.abc import Iterable, Iterator, Sequence

from pulse_client.models import ItemStock, ListMeta, SizeUnits, Units

from bot.files.replenishment import ToSend
from bot.views.lines import amount, day_of, freshness, known, message, pieces, titled
from bot.views.reader import Reader

MAX_NAMED = 10


def rows(items: Iterable[ItemStock]) -> Iterator[ToSend]:
    """A row for each size to be sent; of an item whose sizes are not told, the item."""
    for item in items:
        wanted: list[Units | SizeUnits] = [size for size in item.sizes if known(size.replenish)]
        if not wanted and known(item.total.replenish):
            wanted = [item.total]
        for units in wanted:
            size = getattr(units, "tech_size", None)
            yield ToSend(
                title=item.title,
                vendor_code=item.vendor_code,
                nm_id=item.nm_id,
                size=size if isinstance(size, str) and size != "0" else None,
                send=known(units.replenish) or 0,
                wb=units.wb,
                own=units.own,
                incoming=known(units.incoming),
                orders_per_day=amount(units.orders_per_day),
                days_left=amount(units.days_left),
                runs_out_on=day_of(units.runs_out_on),
            )


def summary(reader: Reader, items: Sequence[ItemStock], to_send: Sequence[ToSend], meta: ListMeta) -> str:
    """How much in all, and the items of which most is to be sent."""
    lines = [f"🚚 <b>{reader.text('What to send to WB')}</b>"]
    if not to_send:
        lines += ["", reader.text("Nothing is to be sent now.")]
    else:
        total = pieces(reader, sum(row.send for row in to_send))
        wanted = [item for item in items if known(item.total.replenish)]
        count = reader.plural("{n} item", "{n} items", len(wanted))
        lines += [reader.text("{items}, {pieces} in all", items=count, pieces=total), ""]
        for place, item in enumerate(wanted[:MAX_NAMED], 1):
            name = titled(item.title, item.vendor_code, item.nm_id)
            lines.append(f"{place}. {name} · <b>{pieces(reader, known(item.total.replenish))}</b>")
        if len(wanted) > MAX_NAMED:
            lines.append(reader.text("and {count} more in the file", count=reader.number(len(wanted) - MAX_NAMED)))
    return message(lines, freshness(reader, meta))
