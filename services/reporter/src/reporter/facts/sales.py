"""Purchases and returns."""

from collections.abc import Mapping

from contracts.envelope import Event
from contracts.orders import order_ids_of
from contracts.sales import SalesUpdatedV1

from reporter import tables
from reporter.facts.newer_rows import Facts, moscow_day


def _order_ids(event: Event[SalesUpdatedV1]) -> Mapping[str, object]:
    order_id = order_ids_of(event.cabinetid)
    srids = sorted({sale.srid for sale in event.data.sales if sale.srid is not None})
    return {"srids": srids, "order_ids": [order_id(srid) for srid in srids]}


SALES = Facts(
    SalesUpdatedV1,
    tables.sales,
    made={"day": moscow_day("sold_at")},
    beside="""
        LEFT JOIN unnest(CAST(:srids AS text[]), CAST(:order_ids AS uuid[])) AS named (srid, order_id) USING (srid)
    """,
    # The day of the sale, and the day of its order, of whose life it is a part.
    cells="""
        SELECT nm_id, day FROM touched
        UNION ALL
        SELECT order_facts.nm_id, order_facts.day FROM touched CROSS JOIN LATERAL (
            SELECT nm_id, day FROM order_facts
            WHERE order_facts.cabinet_id = touched.cabinet_id AND order_facts.order_id = touched.order_id OFFSET 0
        ) AS order_facts
    """,
    parameters=_order_ids,
)
