"""Tariffs: from WB's answers to the tables and the outbox."""

import re
from datetime import UTC, date, datetime
from decimal import Decimal
from random import Random
from typing import TYPE_CHECKING

import pytest
from ingestor.wb.times import moscow_day
from support.ingesting import Ingestor
from support.rows import execute, rows
from wbsim.running import Wbsim
from wbsim.sections import tariffs
from wbsim.tariffs import ABROAD, Coefficients

if TYPE_CHECKING:
    pass
from support.goods import a_shop, assert_equal, stored, told


def number(figure: str) -> Decimal:
    return Decimal(figure.replace(" ", "").replace("\N{NO-BREAK SPACE}", "").replace(",", "."))


def snake(name: str) -> str:
    return re.sub(r"(?<=[a-z])([A-Z])", r"_\1", name).lower()


class TestTariffs:
    @pytest.mark.parametrize("resource", ["tariffs_box", "tariffs_return"])
    async def test_every_warehouse_is_stored_and_told(self, ingestor: Ingestor, wb: Wbsim, resource: str) -> None:
        shop = await a_shop(ingestor, wb)
        began_on = moscow_day(datetime.now(UTC))
        await ingestor.sync(resource)
        truth = {row["warehouseName"]: row for row in await wb.rows(resource, shop.sid)}
        known = await stored(ingestor, resource, "warehouse_name")
        assert known.keys() == truth.keys()
        last = {tariff.warehouse_name: tariff for tariff in await told(ingestor, resource)}
        for name, row in known.items():
            figures = {key: value for key, value in truth[name].items() if re.search(r"(Base|Liter|Expr)$", key)}
            assert figures
            assert {key: row[snake(key)] for key in figures} == {key: number(figures[key]) for key in figures}
            assert row["currency"] == "RUB"
            assert began_on <= row["read_on"] <= moscow_day(datetime.now(UTC))
            assert_equal(row, last[name])

    async def test_other_coefficients_are_a_change_with_a_history(self, ingestor: Ingestor, wb: Wbsim) -> None:
        shop = await a_shop(ingestor, wb)
        await ingestor.sync("tariffs_box")
        first = {tariff.warehouse_name: tariff for tariff in await told(ingestor, "tariffs_box")}
        await execute(ingestor.database, "UPDATE tariffs_box SET read_on = '2001-01-01'")
        shop.tariffs.change("Свой склад РФ", Coefficients(999, 998, 997, 996), wb.world.clock.now())
        await ingestor.sync("tariffs_box")
        changed = [tariff for tariff in await told(ingestor, "tariffs_box") if tariff.change == "changed"]
        own = next(tariff for tariff in changed if tariff.warehouse_name == "Свой склад РФ")
        assert own.box_delivery_marketplace_coef_expr == 998
        assert own.previous["read_on"] == "2001-01-01"
        before = first["Свой склад РФ"].box_delivery_marketplace_base
        assert Decimal(own.previous["box_delivery_marketplace_base"]) == before
        history = await rows(
            ingestor.database, "SELECT * FROM tariffs_box_history WHERE warehouse_name = 'Свой склад РФ'"
        )
        assert [row["previous"] for row in history] == [own.previous]

    async def test_another_day_alone_is_no_change(self, ingestor: Ingestor, wb: Wbsim) -> None:
        await a_shop(ingestor, wb)
        await ingestor.sync("tariffs_box")
        await execute(ingestor.database, "UPDATE tariffs_box SET read_on = '2001-01-01', content_hash = 1")
        count = len(await told(ingestor, "tariffs_box"))
        await ingestor.sync("tariffs_box")
        assert len(await told(ingestor, "tariffs_box")) == count
        known = await stored(ingestor, "tariffs_box", "warehouse_name")
        assert {row["revision"] for row in known.values()} == {1}

    async def test_a_warehouse_that_is_listed_no_more_is_gone(
        self, ingestor: Ingestor, wb: Wbsim, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        await a_shop(ingestor, wb)
        await ingestor.sync("tariffs_box")
        monkeypatch.setattr(tariffs, "ABROAD", ABROAD[1:])
        await ingestor.sync("tariffs_box")
        [gone] = [tariff for tariff in await told(ingestor, "tariffs_box") if tariff.change == "gone"]
        assert (gone.warehouse_name, gone.geo_name, gone.revision) == ("Минск", "Беларусь", 2)
        assert gone.box_delivery_base is not None

    async def test_every_subject_has_its_rates(self, ingestor: Ingestor, wb: Wbsim) -> None:
        shop = await a_shop(ingestor, wb)
        await ingestor.sync("tariffs_commission")
        truth = {row["subjectID"]: row for row in await wb.rows("tariffs_commission", shop.sid)}
        known = await stored(ingestor, "tariffs_commission", "subject_id")
        assert known.keys() == truth.keys()
        last = {tariff.subject_id: tariff for tariff in await told(ingestor, "tariffs_commission")}
        for subject_id, row in known.items():
            rates = {name: value for name, value in truth[subject_id].items() if "gvp" in name}
            assert {snake(name): row[snake(name)] for name in rates} == {
                snake(name): Decimal(str(value)) for name, value in rates.items()
            }
            assert row["subject_name"] == truth[subject_id]["subjectName"]
            assert_equal(row, last[subject_id])
        tariffs.step_commission(shop, Random(1), wb.world.clock.now())
        await ingestor.sync("tariffs_commission")
        assert {tariff.change for tariff in await told(ingestor, "tariffs_commission")} == {"new", "changed"}


async def test_what_a_tariff_says_of_days_is_stored_as_days(ingestor: Ingestor, wb: Wbsim) -> None:
    await a_shop(ingestor, wb)
    await ingestor.sync("tariffs_box")
    known = await stored(ingestor, "tariffs_box", "warehouse_name")
    assert all(isinstance(row["dt_till_max"], date) for row in known.values())
