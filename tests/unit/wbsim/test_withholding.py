"""What answers hold back they hold back without a word: it is true, and shows when the fault is over."""

from datetime import datetime, timedelta
from typing import Any

import httpx
from wbsim.running import Wbsim
from wbsim.times import MOSCOW
from wbsim.withholding import days_before, moscow_date

PATH = "/api/v1/supplier/orders"
ORDERS = f"{PATH}?dateFrom=2020-01-01"


async def read(http: httpx.AsyncClient) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = (await http.get(ORDERS)).raise_for_status().json()
    return found


async def test_so_many_pages_are_dropped_by_chance(wb: Wbsim, http: httpx.AsyncClient) -> None:
    await wb.place_orders(count=3)
    await wb.fault(PATH, "dropped_pages", share=0.5)
    sizes = [len(await read(http)) for _ in range(8)]
    assert set(sizes) == {0, len(await wb.rows("orders"))}
    [fault] = (await wb.control("GET", "/faults"))["faults"]
    assert fault["struck"] == sizes.count(0)
    await wb.clear_faults()
    assert len(await read(http)) == len(await wb.rows("orders"))


async def test_the_same_rows_are_held_back_each_time(wb: Wbsim, http: httpx.AsyncClient) -> None:
    await wb.place_orders(count=100)
    everything = {row["srid"] for row in await wb.rows("orders")}
    await wb.fault(PATH, "held_back", share=0.3)
    shown = {row["srid"] for row in await read(http)}
    assert shown == {row["srid"] for row in await read(http)}
    assert len(everything) * 0.5 < len(shown) < len(everything)
    assert shown < everything
    await wb.clear_faults()
    assert {row["srid"] for row in await read(http)} == everything


async def test_rows_of_some_days_are_missing(wb: Wbsim, http: httpx.AsyncClient) -> None:
    sid = await wb.seller(name="days", products=3, history_orders=300, history_days=60)
    http.headers["Authorization"] = await wb.token(sid=sid)
    days = days_before(wb.world.clock.now(), 20, 11)
    assert len(days) == 10
    await wb.fault(PATH, "missing_days", days=days)
    kept = {row["srid"] for row in await wb.rows("orders", sid) if row["date"][:10] not in days}
    assert {row["srid"] for row in await read(http)} == kept
    assert 0 < len(kept) < len(await wb.rows("orders", sid))


def test_a_row_is_of_the_day_of_moscow() -> None:
    night = datetime(2026, 5, 3, 0, 30, tzinfo=MOSCOW)
    utc = (night - timedelta(hours=3)).replace(tzinfo=None).isoformat()
    assert moscow_date(f'{{"createdAt": "{utc}Z"}}'.encode()) == "2026-05-03"
    assert moscow_date(b'{"date": "2026-05-03T00:30:00", "createdAt": "2025-01-01T00:00:00Z"}') == "2026-05-03"
    assert moscow_date(b'{"createdAt": "2026-05-03T00:30:00+03:00"}') == "2026-05-03"
    assert moscow_date(b'{"rrDate": "2026-05-03", "rrdId": 5}') == "2026-05-03"
    assert moscow_date(b'{"nmId": 5}') is None
