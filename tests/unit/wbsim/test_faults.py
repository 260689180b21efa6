"""Faults strike where and as often as they are told, and damage is written down."""

import json
import time
from random import Random

import httpx
import pytest
from wbsim.faults import damage, rename
from wbsim.running import ControlError, Wbsim
from wbsim.striking import filler, swap_types

PATH = "/api/v1/supplier/orders"
ORDERS = f"{PATH}?dateFrom=2026-01-01"


@pytest.mark.parametrize(
    ("status", "title"),
    [
        (401, "unauthorized"),
        (402, "payment required"),
        (403, "forbidden"),
        (429, "too many requests"),
        (503, "internal error"),
    ],
)
async def test_a_status_strikes_as_often_as_told(wb: Wbsim, http: httpx.AsyncClient, status: int, title: str) -> None:
    await wb.fault(PATH, "status", status=status, times=2)
    answers = [await http.get(ORDERS) for _ in range(3)]
    assert [answer.status_code for answer in answers] == [status, status, 200]
    assert answers[0].json()["title"] == title


async def test_a_429_can_say_when_to_return(wb: Wbsim, http: httpx.AsyncClient) -> None:
    await wb.fault(PATH, "status", status=429, seconds=7, times=1)
    assert (await http.get(ORDERS)).headers["x-ratelimit-retry"] == "7"


async def test_a_fault_lasts_until_removed_and_strikes_its_path_only(wb: Wbsim, http: httpx.AsyncClient) -> None:
    fault = await wb.fault(f"/statistics-api{PATH}", "status")
    assert (await http.get(f"/statistics-api{ORDERS}")).status_code == 500
    assert (await http.get(ORDERS)).status_code == 200
    assert (await wb.control("GET", "/faults"))["faults"][0]["struck"] == 1
    await wb.control("DELETE", f"/faults/{fault}")
    assert (await http.get(f"/statistics-api{ORDERS}")).status_code == 200
    with pytest.raises(ControlError, match="404"):
        await wb.control("DELETE", f"/faults/{fault}")


async def test_a_fault_of_one_seller_spares_the_others(wb: Wbsim, http: httpx.AsyncClient) -> None:
    other = await wb.seller(products=2)
    await wb.fault(PATH, "status", sid=other)
    assert (await http.get(ORDERS)).status_code == 200
    token = await wb.token(sid=other)
    assert (await http.get(ORDERS, headers={"Authorization": token})).status_code == 500
    await wb.clear_faults()
    assert (await http.get(ORDERS, headers={"Authorization": token})).status_code == 200


async def test_wb_that_is_down_refuses_bad_tokens_alike(wb: Wbsim, http: httpx.AsyncClient) -> None:
    await wb.fault("/ping", "status", status=502)
    assert (await http.get("/ping", headers={"Authorization": "bad"})).status_code == 502


async def test_switched_off_and_global_limit_have_their_texts(wb: Wbsim, http: httpx.AsyncClient) -> None:
    await wb.fault(PATH, "switched_off", times=1)
    await wb.fault("/ping", "global_limit", times=1)
    off, limited = await http.get(ORDERS), await http.get("/ping")
    assert (off.status_code, "This method is temporarily disabled" in off.json()["detail"]) == (404, True)
    assert limited.json()["detail"] == f"Limited by global limiter, per seller {wb.world.shop().sid}"
    assert "x-ratelimit-retry" not in limited.headers


async def test_html_comes_instead_of_json(wb: Wbsim, http: httpx.AsyncClient) -> None:
    await wb.fault(PATH, "html", times=1)
    answer = await http.get(ORDERS)
    assert (answer.status_code, answer.headers["content-type"]) == (200, "text/html; charset=utf-8")


async def test_a_cut_answer_breaks_off_and_does_not_count_as_served(wb: Wbsim, http: httpx.AsyncClient) -> None:
    await wb.place_orders()
    await wb.fault(PATH, "cut", times=1)
    with pytest.raises(httpx.RemoteProtocolError):
        await http.get(ORDERS)
    assert [change["served_at"] for change in await wb.changes()] == [None]
    assert (await http.get(ORDERS)).status_code == 200


async def test_a_slow_answer_takes_its_time_and_is_whole(wb: Wbsim, http: httpx.AsyncClient) -> None:
    await wb.fault("/ping", "slow", seconds=0.2, times=1)
    started = time.monotonic()
    assert (await http.get("/ping")).status_code == 200
    assert time.monotonic() - started >= 0.2


async def test_a_timeout_outlasts_the_client_s_patience(wb: Wbsim, http: httpx.AsyncClient) -> None:
    await wb.fault("/ping", "timeout", times=1)
    with pytest.raises(httpx.ReadTimeout):
        await http.get("/ping", timeout=0.1)
    assert (await http.get("/ping")).status_code == 200


async def test_a_patient_client_gets_504_after_the_timeout(wb: Wbsim, http: httpx.AsyncClient) -> None:
    await wb.fault("/ping", "timeout", seconds=0.1, times=1)
    assert (await http.get("/ping")).status_code == 504


class TestWrongType:
    async def test_an_array_becomes_an_object_and_does_not_count_as_served(
        self, wb: Wbsim, http: httpx.AsyncClient
    ) -> None:
        await wb.place_orders()
        await wb.fault(PATH, "wrong_type", times=1)
        answer = await http.get(ORDERS)
        assert (answer.status_code, type(answer.json())) == (200, dict)
        assert [change["served_at"] for change in await wb.changes()] == [None]
        assert list(answer.json().values()) == (await http.get(ORDERS)).json()

    async def test_an_object_becomes_an_array_or_its_list_an_object_by_turns(
        self, wb: Wbsim, http: httpx.AsyncClient
    ) -> None:
        path = "/content/v2/get/cards/list"
        await wb.fault(path, "wrong_type", times=2)
        rows, whole, sound = [(await http.post(path, json={})).json() for _ in range(3)]
        assert list(rows["cards"].values()) == sound["cards"]
        assert whole == [sound]

    async def test_an_object_without_a_list_becomes_an_array(self, wb: Wbsim, http: httpx.AsyncClient) -> None:
        await wb.fault("/api/v1/seller-info", "wrong_type", times=1)
        spoilt, sound = [(await http.get("/api/v1/seller-info")).json() for _ in range(2)]
        assert spoilt == [sound]

    def test_what_is_no_json_stays_as_it_is(self) -> None:
        assert swap_types(b"a;b", 1) == b"a;b"
        assert swap_types(b'{"a":{"b":1}}', 1) == b'[{"a":{"b":1}}]'


class TestHuge:
    async def test_the_answer_has_the_size_told_and_is_json(self, wb: Wbsim, http: httpx.AsyncClient) -> None:
        await wb.fault(PATH, "huge", size=3_000_001, times=1)
        answer = await http.get(ORDERS)
        assert (answer.status_code, len(answer.content), answer.json()) == (200, 3_000_001, [])
        assert "content-length" not in answer.headers

    async def test_it_has_more_than_100_mb_by_default_made_a_piece_at_a_time(self, wb: Wbsim) -> None:
        await wb.fault(PATH, "huge")
        [fault] = (await wb.control("GET", "/faults"))["faults"]
        sizes = [len(piece) async for piece in filler(fault["size"])]
        assert sum(sizes) > 100 * 1024 * 1024
        assert max(sizes) <= 1024 * 1024

    async def test_a_client_may_hang_up_in_the_middle(self, wb: Wbsim, http: httpx.AsyncClient) -> None:
        await wb.fault(PATH, "huge", times=1)
        async with http.stream("GET", ORDERS) as answer:
            async for piece in answer.aiter_raw():
                assert piece
                break
        assert (await http.get(ORDERS)).status_code == 200


async def test_a_plain_text_comes_instead_of_json(wb: Wbsim, http: httpx.AsyncClient) -> None:
    await wb.fault(PATH, "text", times=1)
    answer = await http.get(ORDERS)
    assert (answer.status_code, answer.text) == (400, "Request body can not be decoded")
    assert answer.headers["content-type"].startswith("text/plain")


@pytest.mark.parametrize(
    ("shape", "names"),
    [
        ("gate", {"title", "detail", "code", "requestId", "origin", "status", "statusText", "timestamp"}),
        ("statistics_list", {"errors"}),
        ("statistics_text", {"errors"}),
        ("content", {"data", "error", "errorText", "additionalErrors"}),
        ("analytics", {"title", "detail", "requestId", "origin"}),
        ("feedbacks", {"data", "error", "errorText", "additionalErrors", "requestId"}),
        ("marketplace", {"code", "message"}),
        ("promotion", {"title", "detail", "request_id", "origin", "status"}),
    ],
)
async def test_a_status_can_have_the_body_of_any_service(
    wb: Wbsim, http: httpx.AsyncClient, shape: str, names: set[str]
) -> None:
    await wb.fault(PATH, "status", status=409, shape=shape, times=1)
    answer = await http.get(ORDERS)
    assert (answer.status_code, set(answer.json())) == (409, names)


async def test_statistics_errors_are_a_list_or_a_text_and_a_body_may_be_empty(
    wb: Wbsim, http: httpx.AsyncClient
) -> None:
    for shape in ("statistics_list", "statistics_text", "content_text", "empty"):
        await wb.fault(PATH, "status", status=400, shape=shape, times=1)
    as_list, as_text, plain, empty = [await http.get(ORDERS) for _ in range(4)]
    assert (type(as_list.json()["errors"]), type(as_text.json()["errors"])) == (list, str)
    assert (plain.text, empty.content) == ("Request body can not be decoded", b"")


class TestBrokenRow:
    async def test_one_row_is_damaged_and_the_truth_names_it(self, wb: Wbsim, http: httpx.AsyncClient) -> None:
        whole = (await http.get(ORDERS)).json()
        ways = set()
        for _ in range(8):
            await wb.fault(PATH, "broken_row", times=1)
            broken = (await http.get(ORDERS)).json()
            noted = (await wb.truth())["damaged"][-1]
            differing = [(a, b) for a, b in zip(whole, broken, strict=True) if a != b]
            [(good, bad)] = differing
            assert good["srid"] == noted["key"]
            assert {key for key in good if bad.get(key, ...) != good[key]} == {noted["field"]}
            ways.add(noted["how"])
        assert len(ways) > 1

    async def test_the_damaged_version_does_not_count_as_served(self, wb: Wbsim, http: httpx.AsyncClient) -> None:
        sid = await wb.seller(products=2, history_orders=0)
        await wb.place_orders(sid=sid)
        headers = {"Authorization": await wb.token(sid=sid)}
        await wb.fault(PATH, "broken_row", times=1)
        await http.get(ORDERS, headers=headers)
        assert [change["served_at"] for change in await wb.changes()] == [None]
        await http.get(ORDERS, headers=headers)
        assert [change["served_at"] is None for change in await wb.changes()] == [False]

    async def test_an_empty_page_leaves_the_fault_for_the_next(self, wb: Wbsim, http: httpx.AsyncClient) -> None:
        await wb.fault(PATH, "broken_row", times=1)
        assert (await http.get(f"{PATH}?dateFrom=2099-01-01")).json() == []
        await http.get(ORDERS)
        assert len((await wb.truth())["damaged"]) == 1

    async def test_the_same_seed_does_the_same_damage(self) -> None:
        row = json.dumps({"srid": "a", "nmId": 1, "totalPrice": 2}).encode()
        first, second = (damage(Random(3), row, "srid", ("nmId", "totalPrice")) for _ in range(2))
        assert first == second


class TestAnswersThatLackMuch:
    async def test_all_rows_of_a_page_may_call_a_field_otherwise(self, wb: Wbsim, http: httpx.AsyncClient) -> None:
        whole = (await http.get(ORDERS)).json()
        for name, what in (("srid", {}), ("date", {"field": "date"})):
            await wb.fault(PATH, "renamed", times=1, **what)
            renamed = (await http.get(ORDERS)).json()
            assert [row.pop(f"{name}New") for row in renamed] == [row[name] for row in whole]
            assert renamed == [{key: value for key, value in row.items() if key != name} for row in whole]
        noted = (await wb.truth())["damaged"]
        assert [each["key"] for each in noted] == [row["srid"] for row in whole] * 2
        assert {each["field"] for each in noted} == {"srid", "date"}
        assert (await http.get(ORDERS)).json() == whole

    async def test_a_list_may_be_empty_once(self, wb: Wbsim, http: httpx.AsyncClient) -> None:
        await wb.fault(PATH, "empty", times=1)
        answer = await http.get(ORDERS)
        assert (answer.status_code, answer.json()) == (200, [])
        assert (await http.get(ORDERS)).json() != []

    def test_a_row_that_is_spoilt_already_stays_as_it_is(self) -> None:
        assert rename(b'{"a": "say "hi""}', "a") == b'{"a": "say "hi""}'

    async def test_neither_strikes_an_answer_without_rows(self, wb: Wbsim, http: httpx.AsyncClient) -> None:
        for kind in ("renamed", "empty"):
            await wb.fault(PATH, kind, times=1)
        assert (await http.get(f"{PATH}?dateFrom=2099-01-01")).json() == []
        assert {fault["struck"] for fault in (await wb.control("GET", "/faults"))["faults"]} == {0}
