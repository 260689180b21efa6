"""Events the notifier hears, deliveries as its channels see them, and a real small picture."""

import struct
import zlib
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID, uuid4

from contracts.cabinets import (
    CabinetConnectedV1,
    CabinetDisconnectedV1,
    CabinetRenamedV1,
    CabinetVerifiedV1,
    MembersChangedV1,
)
from contracts.envelope import Event, Origin
from contracts.model import MOSCOW
from contracts.orders import ChangedOrder, DayFigures, OrdersReportedV1, ReportedOrder, order_id
from contracts.products import ProductCard
from contracts.wb_token import TokenClaims, TokenKind
from notifier.deliveries.model import Delivery
from servicekit.events import new_event

TODAY = date(2026, 11, 20)
NOW = datetime(2026, 11, 20, 14, 10, tzinfo=MOSCOW)


def reported(cabinet_id: UUID | None = None, *, srid: str | None = None, photo: str | None = None, **order: Any) -> Any:
    """One reported order; `order` overrides fields of the order itself."""
    srid = srid or uuid4().hex
    fields: dict[str, Any] = {
        "order_id": order_id(cabinet_id or uuid4(), srid),
        "revision": 1,
        "srid": srid,
        "ordered_at": datetime(2026, 11, 20, 14, 7, tzinfo=MOSCOW),
        "last_change_at": datetime(2026, 11, 20, 14, 7, tzinfo=MOSCOW),
        "nm_id": 214503977,
        "supplier_article": "HD-22/графит",
        "tech_size": "M",
        "brand": "Северный ветер",
        "subject": "Худи",
        "warehouse_name": "Коледино",
        "warehouse_type": "Склад WB",
        "region_name": "Республика Татарстан",
        "total_price": Decimal(2490),
        "discount_percent": 40,
        "spp": Decimal(24),
        "price_with_disc": Decimal(1494),
        "finished_price": Decimal(1135),
        "change": "new",
        **order,
    }
    return ReportedOrder(
        order=ChangedOrder(**fields),
        product=ProductCard(
            nm_id=fields["nm_id"], vendor_code="HD-22/графит", title="Худи оверсайз с начёсом, графит", photo=photo
        ),
        shop_today=DayFigures(day=TODAY, orders=57, orders_sum=Decimal(81430), cancelled=2),
        product_today=DayFigures(day=TODAY, orders=4, orders_sum=Decimal(5976), cancelled=0),
        stock_left=46,
        stock_at=datetime(2026, 11, 20, 13, 58, tzinfo=MOSCOW),
    )


def orders_reported(cabinet_id: UUID, *orders: Any, origin: Origin = Origin.LIVE) -> Event[Any]:
    """The reporter's event over some reported orders (one new order where none is given)."""
    data = OrdersReportedV1(orders=orders or (reported(cabinet_id),))
    return new_event(data, cabinet_id=cabinet_id, origin=origin)


def connected(cabinet_id: UUID, *members: int, name: str | None = "Северный ветер") -> Event[Any]:
    """The gateway's event of a connected cabinet."""
    claims = TokenClaims(
        kind=TokenKind.PERSONAL,
        seller_id=uuid4(),
        categories=frozenset(),
        read_only=True,
        expires_at=datetime(2027, 5, 1, tzinfo=UTC),
    )
    data = CabinetConnectedV1(name=name, sealed_token="sealed", claims=claims, members=members)
    return new_event(data, cabinet_id=cabinet_id)


def members_changed(cabinet_id: UUID, *members: int) -> Event[Any]:
    """The gateway's event of who the members are now."""
    return new_event(MembersChangedV1(members=members), cabinet_id=cabinet_id)


def renamed(cabinet_id: UUID, name: str | None) -> Event[Any]:
    """The gateway's event of another name."""
    return new_event(CabinetRenamedV1(name=name), cabinet_id=cabinet_id)


def verified(cabinet_id: UUID, seller_name: str, trade_mark: str | None = None) -> Event[Any]:
    """The ingestor's event of a cabinet WB accepted."""
    data = CabinetVerifiedV1(
        seller_id=uuid4(), seller_name=seller_name, trade_mark=trade_mark, verified_at=datetime.now(UTC)
    )
    return new_event(data, cabinet_id=cabinet_id)


def disconnected(cabinet_id: UUID) -> Event[Any]:
    """The gateway's event of a removed cabinet."""
    return new_event(CabinetDisconnectedV1(requested_by=1), cabinet_id=cabinet_id)


def delivery(order: Any = None, **fields: Any) -> Delivery:
    """A claimed delivery to Telegram chat 7; `fields` overrides its own."""
    order = order or reported()
    return Delivery(
        **{
            "cabinet_id": uuid4(),
            "id": uuid4(),
            "order_id": order.order.order_id,
            "order_revision": order.order.revision,
            "channel": "telegram",
            "recipient": "7",
            "kind": "order_new",
            "payload": order.model_dump_json(),
            "reported_at": NOW,
            "event_id": uuid4(),
            "correlation_id": uuid4(),
            "traceparent": None,
            "attempt": 1,
            "failures": 0,
            "refusals": 0,
            "created_at": NOW,
            "shop_name": "Северный ветер",
            "photo_file_id": None,
            "webhook": None,
            **fields,
        }
    )


def png(width: int = 3, height: int = 4) -> bytes:
    """A picture that Telegram takes."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    header = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    pixels = zlib.compress((b"\0" + b"\0" * width) * height)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", pixels) + chunk(b"IEND", b"")
