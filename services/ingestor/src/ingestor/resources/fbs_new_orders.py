"""New FBS tasks, as soon as WB has them. Source: `GET /api/v3/orders/new` (marketplace), all at once.

Its limit is the same for every kind of token, so sellers whose token opens orders every three hours only are told of
FBS orders within a minute all the same. A task that left the list was taken up, or cancelled: it is not gone.
"""

from datetime import datetime, timedelta
from typing import Any

import msgspec
from contracts.fbs import FbsOrdersUpdatedV1

from ingestor.resources import at_once, fbs_orders
from ingestor.resources.fields import Id, hundredths
from ingestor.resources.resource import Position, Resource, Row
from ingestor.wb.methods import METHODS


class _WbNewTask(fbs_orders.WbTask, rename="camel"):
    sale_price: Id | None = None
    final_price: Id | None = None
    converted_final_price: Id | None = None
    required_meta: list[str] | None = None


_task = msgspec.json.Decoder(_WbNewTask)


def ask(position: Position) -> dict[str, Any]:
    """It takes no parameters."""
    return {}


def parse(raw: msgspec.Raw, observed_at: datetime) -> Row:
    """A task that nobody has taken up yet."""
    wb = _task.decode(raw)
    return (
        *fbs_orders.shared_values(wb),
        hundredths(wb.sale_price),
        hundredths(wb.final_price),
        hundredths(wb.converted_final_price),
        msgspec.json.encode(wb.required_meta or []).decode(),
    )


RESOURCE = Resource(
    name="fbs_new_orders",
    method=METHODS["fbs-new-orders"],
    table=fbs_orders.TABLE,
    event=FbsOrdersUpdatedV1,
    rows="fbs_orders",
    refresh=timedelta(minutes=1),
    paging="none",
    overlap="everything",
    begin=at_once.begin,
    ask=ask,
    read=fbs_orders.read,
    parse=parse,
    advance=at_once.advance,
    columns=(
        *fbs_orders.SHARED_COLUMNS,
        "sale_price",
        "final_price",
        "converted_final_price",
        "required_meta",
    ),
    digest="new_hash",
    dated="created_at",
    is_live=fbs_orders.is_live,
)
