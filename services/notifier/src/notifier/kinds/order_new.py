"""An order came. Its card is the thread that later steps write over; here is what is told of each step."""

from contracts.orders import OrdersReportedV1, ReportedOrder

from notifier.messages.kind import Kind, Rule
from notifier.messages.order import order_line, order_writer
from notifier.messages.order_notices import order_notices
from notifier.messages.sample_order import sample_order


def preview() -> tuple[ReportedOrder, ...]:
    return (sample_order(),)


KIND = Kind(
    "order_new",
    ReportedOrder,
    order_writer("order_new"),
    preview,
    rules=(Rule(OrdersReportedV1, order_notices),),
    line=order_line,
)
