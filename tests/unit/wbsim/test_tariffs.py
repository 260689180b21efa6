"""Tariffs over HTTP: commission, boxes, pallets and returns, in WB's way of writing numbers."""

import re
from collections.abc import AsyncIterator
from random import Random
from typing import Any

import httpx
import pytest
from wbsim.goods import KINDS
from wbsim.running import Wbsim, running_wbsim
from wbsim.sections import tariffs
from wbsim.tariffs import ABROAD, MERGED, OWN, RUSSIAN, figure
from wbsim.times import DAY_SECONDS, moscow

COMMISSION = "/api/v1/tariffs/commission"
BOX, PALLET, RETURN = (f"/api/v1/tariffs/{name}" for name in ("box", "pallet", "return"))
LISTED = {BOX: ABROAD + OWN, PALLET: ABROAD, RETURN: ABROAD + OWN + MERGED}
NUMBER = re.compile(r"\d{1,3}( \d{3})*(,\d{1,2})?")
Rows = list[dict[str, Any]]


@pytest.fixture
async def wb() -> AsyncIterator[Wbsim]:
    async with running_wbsim(products=16, history_orders=0, limits_factor=1_000_000) as running:
        yield running


def days_ago(wb: Wbsim, days: float) -> str:
    return moscow(wb.world.clock.now() - days * DAY_SECONDS)[:10]


async def data(wb: Wbsim, http: httpx.AsyncClient, path: str, days: float = 0) -> dict[str, Any]:
    answer = (await http.get(path, params={"date": days_ago(wb, days)})).raise_for_status()
    found: dict[str, Any] = answer.json()["response"]["data"]
    return found


async def rows(wb: Wbsim, http: httpx.AsyncClient, path: str, days: float = 0) -> Rows:
    listed: Rows = (await data(wb, http, path, days))["warehouseList"]
    return listed


class TestWarehouses:
    @pytest.mark.parametrize("path", LISTED)
    async def test_russian_ones_are_hidden_until_told_otherwise(
        self, wb: Wbsim, http: httpx.AsyncClient, path: str
    ) -> None:
        names = [row["warehouseName"] for row in await rows(wb, http, path)]
        assert names == [warehouse.name for warehouse in LISTED[path]]
        await wb.settings(hidden_warehouses=False)
        names = [row["warehouseName"] for row in await rows(wb, http, path)]
        assert names == [warehouse.name for warehouse in (*LISTED[path], *RUSSIAN)]

    @pytest.mark.parametrize("path", LISTED)
    async def test_numbers_are_text_with_a_comma(self, wb: Wbsim, http: httpx.AsyncClient, path: str) -> None:
        figures = [
            value
            for row in await rows(wb, http, path)
            for name, value in row.items()
            if name not in {"warehouseName", "geoName"}
        ]
        assert all(NUMBER.fullmatch(value) for value in figures)
        assert any("," in value for value in figures)
        if path == RETURN:
            assert any(" " in value for value in figures)

    async def test_they_are_the_truth_of_today(self, wb: Wbsim, http: httpx.AsyncClient) -> None:
        assert await rows(wb, http, BOX) == await wb.rows("tariffs_box")
        assert await rows(wb, http, RETURN) == await wb.rows("tariffs_return")
        await wb.settings(hidden_warehouses=False)
        assert await rows(wb, http, BOX) == await wb.rows("tariffs_box")

    async def test_a_change_is_in_force_from_its_day_on(self, wb: Wbsim, http: httpx.AsyncClient) -> None:
        before, box = await wb.rows("tariffs_return"), await rows(wb, http, BOX)
        await wb.step(section="tariffs_return")
        await wb.step(section="tariffs_return")
        assert await rows(wb, http, RETURN, days=1) == before
        assert await rows(wb, http, RETURN) != before
        assert await rows(wb, http, BOX) == box
        yesterday = await data(wb, http, RETURN, days=1)
        assert {yesterday[f"dtNextDeliveryDump{name}"] for name in ("Kgt", "Srg", "Sup")} == {days_ago(wb, 0)}

    async def test_earlier_days_have_earlier_tariffs(self, wb: Wbsim, http: httpx.AsyncClient) -> None:
        now, then, long_ago = [await rows(wb, http, BOX, days) for days in (0, 30, 400)]
        assert now != then == long_ago
        assert (await data(wb, http, BOX, days=30))["dtNextBox"] == days_ago(wb, 10)
        today = await data(wb, http, BOX)
        assert (today["dtNextBox"], today["currency"]) == ("", "RUB")
        assert today["dtTillMax"] > days_ago(wb, 0)

    @pytest.mark.parametrize("path", LISTED)
    @pytest.mark.parametrize(
        "query", [{}, {"date": "21.11.2026"}, {"date": "2026-1-2"}, {"date": "2026-01-01", "a": "1"}]
    )
    async def test_a_wrong_query_is_refused(self, http: httpx.AsyncClient, path: str, query: dict[str, str]) -> None:
        answer = await http.get(path, params=query)
        assert (answer.status_code, answer.json()["title"], answer.json()["origin"]) == (400, "Bad Request", "tariffs")

    async def test_a_row_can_be_broken(self, wb: Wbsim, http: httpx.AsyncClient) -> None:
        for path in LISTED:
            whole = await rows(wb, http, path)
            await wb.fault(path, "broken_row", times=1)
            broken = await rows(wb, http, path)
            assert [a != b for a, b in zip(whole, broken, strict=True)].count(True) == 1

    async def test_steps_of_boxes_leave_returns_alone(self, wb: Wbsim) -> None:
        shop, now = wb.world.shop(), wb.world.clock.now()
        before = tariffs.return_truth(shop, now), tariffs.box_truth(shop, now)
        tariffs.step_box(shop, Random(1), now)
        assert tariffs.return_truth(shop, now) == before[0]
        assert [a != b for a, b in zip(tariffs.box_truth(shop, now), before[1], strict=True)].count(True) == 1


class TestCommission:
    async def read(self, http: httpx.AsyncClient, **query: str) -> Rows:
        report: Rows = (await http.get(COMMISSION, params=query)).raise_for_status().json()["report"]
        return report

    async def test_every_subject_of_a_shop_has_its_rates(self, wb: Wbsim, http: httpx.AsyncClient) -> None:
        report = {row["subjectID"]: row for row in await self.read(http)}
        cards = await wb.rows("cards")
        assert {card["subjectID"]: card["subjectName"] for card in cards} == {
            subject: row["subjectName"]
            for subject, row in report.items()
            if subject in {kind.subject_id for kind in KINDS}
        }
        assert {row["parentName"] for row in report.values()} == {kind.category for kind in KINDS}
        assert all(0 < row["paidStorageKgvp"] < row["kgvpMarketplace"] < 50 for row in report.values())
        parents = {(row["parentID"], row["parentName"]) for row in report.values()}
        assert len({number for number, _ in parents}) == len({name for _, name in parents}) == len(parents)
        assert list(report.values()) == await wb.rows("tariffs_commission")

    async def test_names_come_in_three_languages(self, http: httpx.AsyncClient) -> None:
        names = {
            locale: next(row["subjectName"] for row in await self.read(http, locale=locale) if row["subjectID"] == 105)
            for locale in ("ru", "en", "zh")
        }
        assert names == {"ru": "Кроссовки", "en": "Sneakers", "zh": "运动鞋"}

    async def test_steps_change_one_subject(self, wb: Wbsim) -> None:
        before = await wb.rows("tariffs_commission")
        await wb.step(section="tariffs_commission")
        after = await wb.rows("tariffs_commission")
        assert [a != b for a, b in zip(before, after, strict=True)].count(True) == 1

    @pytest.mark.parametrize("query", [{"locale": "kz"}, {"date": "2026-01-01"}])
    async def test_a_wrong_query_is_refused(self, http: httpx.AsyncClient, query: dict[str, str]) -> None:
        answer = await http.get(COMMISSION, params=query)
        assert (answer.status_code, answer.json()["origin"]) == (400, "api-statistics")

    async def test_twice_at_once_and_then_once_a_minute(self, no_tls: Any) -> None:
        async with running_wbsim(products=1, history_orders=0) as strict:
            headers = {"Authorization": await strict.token(categories=[])}
            async with httpx.AsyncClient(base_url=strict.url, headers=headers, verify=no_tls) as http:
                answers = [await http.get(COMMISSION) for _ in range(3)]
                assert (await http.get(BOX, params={"date": "2026-11-01"})).status_code == 200
        assert [answer.status_code for answer in answers] == [200, 200, 429]
        assert 58 <= int(answers[2].headers["x-ratelimit-retry"]) <= 60


@pytest.mark.parametrize(
    ("value", "text"),
    [(1039, "1 039"), (11.2, "11,2"), (0.14, "0,14"), (48.0, "48"), (1234567.5, "1 234 567,5"), (0, "0")],
)
def test_figures(value: float, text: str) -> None:
    assert figure(value) == text
