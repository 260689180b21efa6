"""Reports of orders as values: the one of the interface's description, and one of which nothing is known."""

from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from contracts.order_report import OrderReport, ReportedProduct, ReportedStock, ReportedVelocity
from contracts.orders import DayFigures, TodayAndYesterday
from gateway.api.report_example import report_example

MINUTE = datetime(2026, 11, 20, 11, 7, tzinfo=UTC)


def full_report(**sections: Any) -> OrderReport:
    """Everything is known."""
    return OrderReport.model_validate({**report_example(), **sections})


def bare_report(**sections: Any) -> OrderReport:
    """One order without a price, in a cabinet of which nothing else is known."""
    nothing = DayFigures(day=date(2026, 11, 19), orders=0, orders_sum=Decimal(0), cancelled=0)
    today = DayFigures(day=date(2026, 11, 20), orders=1, orders_sum=Decimal(0), cancelled=0)
    both = TodayAndYesterday(minute=MINUTE, today=today, yesterday_to_minute=nothing, yesterday=nothing)
    unknown = dict.fromkeys(ReportedProduct.model_fields)
    order: dict[str, Any] = {
        **dict.fromkeys(report_example()["order"]),
        "order_id": UUID(int=1),
        "cabinet_id": UUID(int=2),
        "srid": "a",
        "state": "open",
        "ordered_at": MINUTE,
        "last_change_at": MINUTE,
        "stored_at": MINUTE,
        "nm_id": 1,
    }
    money: dict[str, Any] = {
        **dict.fromkeys(report_example()["money"]),
        "currency": "RUB",
        "estimate": {"price": None},
        "missing": ("price", "cost"),
        "fact_units": 0,
    }
    values: dict[str, Any] = {
        "order": order,
        "money": money,
        "route": dict.fromkeys(report_example()["route"]),
        "sales_periods": (),
        "buyout_periods": (),
        "velocity": ReportedVelocity(raw=(), oos_corrected=()),
        "today_vs_yesterday": {"product": both, "shop": both},
        "stocks": (),
        "product": unknown,
        "freshness": (),
        "text": "",
        "text_en": "",
        "trace_id": None,
    }
    return OrderReport.model_validate({**values, **sections})


def a_stock(size: str | None = None, **fields: Any) -> ReportedStock:
    """Of a size, or of all together; nothing is known but what is given."""
    values = {**dict.fromkeys(ReportedStock.model_fields), "endless": False, "incoming": 0, "warehouses": ()}
    return ReportedStock.model_validate({**values, "size": size, **fields})
