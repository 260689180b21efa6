"""Every list as a file: the same rows as in JSON, read page by page, never kept, never silently short."""

import asyncio
import csv
import io
from typing import Any
from uuid import UUID

import httpx
import openpyxl
import pytest
from gateway import orders
from gateway.exports import files
from gateway.exports.formats import FileFormat
from gateway.lists import Page, Window
from gateway.orders import Order
from gateway.replica import Reads
from servicekit.db import Database
from servicekit.listening import serve_beside
from support.eventually import eventually
from support.gateway import Gateway, User
from support.plans import noted
from support.shop_items import a_stock, put_card, put_period, put_stock
from support.stored_orders import minutes_apart, store
from support.written import put_feedback, put_question

LISTS = (
    "/orders", "/products", "/stocks", "/analytics/performance", "/reviews", "/questions", "/alerts", "/digests",
)  # fmt: skip
READ_ORDERS = orders.page
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@pytest.fixture
async def cabinet(alice: User, reporter_db: Database, monkeypatch: pytest.MonkeyPatch) -> UUID:
    """Alice's cabinet, with seven rows of most lists; files are read by three."""
    monkeypatch.setattr(files, "PAGE_ROWS", 3)
    cabinet = await alice.connect()
    await store(reporter_db, cabinet, minutes_apart(cabinet, 7))
    for n in range(1, 8):
        await put_card(reporter_db, cabinet, n, title="=1+1")
        await put_stock(reporter_db, cabinet, n, a_stock(n))
        await put_period(reporter_db, cabinet, n, orders_sum=n)
        await put_feedback(reporter_db, cabinet, str(n), text="-ткань\n;")
        await put_question(reporter_db, cabinet, str(n))
    return cabinet


def of_csv(answer: httpx.Response) -> list[list[str]]:
    assert answer.status_code == 200, answer.text
    assert answer.headers["content-type"] == "text/csv; charset=utf-8"
    return list(csv.reader(io.StringIO(answer.content.decode(), newline="")))


def of_xlsx(answer: httpx.Response) -> list[tuple[Any, ...]]:
    assert answer.headers["content-type"] == XLSX
    return list(openpyxl.load_workbook(io.BytesIO(answer.content)).active.iter_rows(values_only=True))


@pytest.mark.parametrize("path", LISTS)
async def test_a_file_has_the_rows_of_the_list_over_several_pages(alice: User, cabinet: UUID, path: str) -> None:
    shown = (await alice.get(path)).json()["data"]
    titles, *lines = of_csv(await alice.get(path, format="csv", limit=1))
    book = of_xlsx(await alice.get(path, format="xlsx"))
    assert list(book[0]) == titles
    assert len(lines) == len(book) - 1 == len(shown)
    assert (len(shown) == 7) == (path not in ("/alerts", "/digests"))
    for line, row, each in zip(lines, book[1:], shown, strict=True):
        for column, name in (("Артикул WB", "nm_id"), ("Отзыв", "review_id"), ("Заказ", "order_id")):
            if name in each and column in titles:
                at = titles.index(column)
                assert line[at] == str(row[at]) == str(each[name])


async def test_short_lists_are_files_too(alice: User, cabinet: UUID) -> None:
    for path in ("/cabinets", f"/cabinets/{cabinet}/members", f"/cabinets/{cabinet}/costs"):
        shown = (await alice.get(path)).json()["data"]
        assert len(of_csv(await alice.get(path, format="csv"))) == len(of_xlsx(await alice.get(path, format="xlsx")))
        assert len(of_csv(await alice.get(path, format="csv"))) == len(shown) + 1


async def test_money_is_a_number_and_texts_are_texts(alice: User, cabinet: UUID) -> None:
    titles, *lines = of_csv(await alice.get("/orders", format="csv"))
    assert {line[titles.index("Цена продавца")] for line in lines} == {"1494.0000"}
    book = of_xlsx(await alice.get("/orders", format="xlsx"))
    assert {row[titles.index("Цена продавца")] for row in book[1:]} == {1494}
    titles, *lines = of_csv(await alice.get("/products", format="csv"))
    assert {line[titles.index("Название")] for line in lines} == {"'=1+1"}
    for_excel = await alice.get("/orders", format="csv", excel=True)
    assert for_excel.content.decode().startswith("\ufeffЗаказ;")


async def test_filters_and_order_hold_and_accept_asks_as_well(alice: User, cabinet: UUID) -> None:
    _, *lines = of_csv(await alice.get("/products", format="csv", sort="nm_id", text="1+1", state="all"))
    assert [line[0] for line in lines] == [*"1234567"]
    await alice.get("/products", text="7")
    for _ in range(2):
        answer = await alice.call("GET", "/products", params={"text": "7"}, headers={"Accept": "text/csv"})
        assert [line[0] for line in of_csv(answer)[1:]] == ["7"]
        assert answer.headers["content-disposition"].startswith('attachment; filename="products-')
        assert (answer.headers["Vary"], answer.headers["Cache-Control"]) == ("Accept", "no-store")
    again = await alice.get("/products", text="7")
    assert (again.headers["X-Cache"], again.headers["Vary"]) == ("hit", "Accept")
    as_json = await alice.call("GET", "/products", params={"format": "json"}, headers={"Accept": "text/csv"})
    assert len(as_json.json()["data"]) == 7


async def test_statements_are_as_many_for_each_page_and_nothing_is_kept(
    gateway: Gateway, alice: User, bob: User, cabinet: UUID, redis_client: Any, redis_prefix: str
) -> None:
    await alice.get("/orders", format="csv")
    with noted(gateway) as sent:
        await alice.get("/orders", format="csv")
    # Three pages and how old they are, and the list is counted with the first.
    assert sent.of_views() == 2 * 3 + 1
    assert [key async for key in redis_client.scan_iter(f"{redis_prefix}*answer:*csv*")] == []
    assert len(of_csv(await bob.get("/orders", format="csv"))) == 1
    assert (await alice.get("/orders", format="csv", cabinet_id=await bob.connect())).status_code == 404


@pytest.mark.parametrize("params", [{"format": "pdf"}, {"format": "csv", "stars": 9}, {"format": "xlsx", "from": "x"}])
async def test_a_question_that_makes_no_sense_is_refused(alice: User, params: dict[str, Any]) -> None:
    assert (await alice.get("/reviews", **params)).json()["code"] == "invalid_request"


async def test_what_is_too_much_is_refused(
    alice: User, cabinet: UUID, monkeypatch: pytest.MonkeyPatch, reporter_db: Database
) -> None:
    monkeypatch.setattr(files, "MOST_ROWS", dict.fromkeys(FileFormat, 6))
    for file_format in ("csv", "xlsx"):
        answer = await alice.get("/orders", format=file_format)
        assert (answer.status_code, answer.json()["code"]) == (422, "list_too_long")
    ends = [files.MAKING.begin() for _ in range(files.MOST_AT_ONCE)]
    busy = await alice.get("/orders", format="csv")
    for end in ends:
        end()
    assert (busy.status_code, busy.json()["code"], "Retry-After" in busy.headers) == (503, "files_busy", True)


async def test_a_failure_in_the_middle_ends_the_connection(
    gateway: Gateway, alice: User, cabinet: UUID, unused_tcp_port: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = len(of_csv(await alice.get("/orders", format="csv")))
    assert whole == 8
    monkeypatch.setattr("gateway.orders.page", failing_after(1))
    serving = asyncio.create_task(serve_beside(gateway.app, "127.0.0.1", unused_tcp_port))
    headers = {"Authorization": f"Bearer {alice.key}"}
    async with httpx.AsyncClient(base_url=f"http://127.0.0.1:{unused_tcp_port}", headers=headers) as client:

        async def answers() -> bool:
            try:
                return (await client.get("/health/live")).status_code == 200
            except httpx.TransportError:
                return False

        await eventually(answers)
        with pytest.raises(httpx.RemoteProtocolError):
            await client.get("/api/v1/orders?format=csv")
        monkeypatch.setattr("gateway.orders.page", failing_after(1))
        assert (await client.get("/api/v1/orders?format=xlsx")).status_code >= 500
    serving.cancel()
    with pytest.raises(asyncio.CancelledError):
        await serving


def failing_after(pages: int) -> Any:
    """Reads so many pages, and then the database is away."""
    count = 0

    async def page(reads: Reads, query: Any, window: Window) -> Page[Order]:
        nonlocal count
        count += 1
        if count > pages:
            raise ConnectionError("away")
        return await READ_ORDERS(reads, query, window)

    return page
