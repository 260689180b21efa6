"""New FBS tasks, as soon as WB has them. Source: `GET /api/v3/orders/new` (marketplace), all at once.

Its limit is the same for every kind of token, so sellers whose token opens orders every three hours only are told of
FBS orders within a minute all the same. A task that left the list was taken up, or cancelled: it is not gone.
"""

from datetime import timedelta

from contracts.fbs import FbsOrdersUpdatedV1

from ingestor.resources import fbs_orders, whole_lists
from ingestor.resources.columns import names, parser
from ingestor.resources.resource import Publishing, Resource, Storage
from ingestor.wb.methods import METHODS

parse = parser(fbs_orders.NEW_COLUMNS)


RESOURCE = Resource(
    name="fbs_new_orders",
    method=METHODS["fbs-new-orders"],
    refresh=timedelta(minutes=1),
    comes_first=True,
    reading=whole_lists.whole_list(read=fbs_orders.read),
    storage=Storage(
        table=fbs_orders.TABLE,
        parse=parse,
        columns=names(fbs_orders.NEW_COLUMNS),
        digest="new_hash",
        event_time="created_at",
    ),
    publishing=Publishing(
        event=FbsOrdersUpdatedV1,
        rows="fbs_orders",
        is_live=fbs_orders.is_live,
    ),
    codes=frozenset({"deliveryType", "cargoType", "crossBorderType"}),
)
