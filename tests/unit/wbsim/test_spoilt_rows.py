"""Rows whose texts are spoilt on their way, and shops of other countries."""

import json

import httpx
import msgspec
import pytest
from wbsim.currencies import CURRENCIES
from wbsim.faults import SPOILT
from wbsim.running import running_wbsim

ORDERS = "/api/v1/supplier/orders"
READABLE = {"no_utf8", "nul", "number_for_text", "odd_text"}
"""What a decoder takes, as long as it does not look into the text."""


@pytest.mark.parametrize("how", SPOILT)
async def test_one_row_is_spoilt_as_it_was_asked_for_and_no_other(how: str) -> None:
    async with running_wbsim(seed=3, history_orders=20, limits_factor=600) as wb:
        headers = {"Authorization": await wb.token()}
        await wb.fault(ORDERS, "spoilt_row", times=1, how=how)
        async with httpx.AsyncClient(base_url=wb.url, headers=headers) as http:
            asked = {"dateFrom": "2020-01-01"}
            spoilt = (await http.get(ORDERS, params=asked)).content
            sound = (await http.get(ORDERS, params=asked)).content
        decoder = msgspec.json.Decoder(list[msgspec.Raw])
        rows = decoder.decode(sound)
        if how in READABLE:
            assert sum(bytes(a) != bytes(b) for a, b in zip(decoder.decode(spoilt), rows, strict=True)) == 1
        else:
            with pytest.raises(msgspec.DecodeError):
                decoder.decode(spoilt)
            assert sum(bytes(row) in spoilt for row in rows) == len(rows) - 1
        [damage] = (await wb.truth())["damaged"]
        assert damage["how"] == how


async def test_a_shop_of_another_country_is_settled_with_in_its_currency() -> None:
    async with running_wbsim(seed=3, history_orders=30, limits_factor=600, currency="KGS") as wb:
        headers = {"Authorization": await wb.token()}
        async with httpx.AsyncClient(base_url=wb.url, headers=headers) as http:
            assert (await http.get("/api/v1/seller-info")).json()["country"] == "Кыргызстан"
            asked = {"selectedPeriod": {"start": wb.world.clock.now()}}
            asked["selectedPeriod"]["start"] = json.loads((await http.get("/ping")).content)["TS"]
            feed = await http.post("/api/analytics/v1/order-feed", json=asked)
            assert feed.json()["data"]["currency"] == "KGS"
            orders = (await http.get(ORDERS, params={"dateFrom": "2020-01-01"})).json()
            assert "KGS" not in json.dumps(orders)
        assert {row["currencyIsoCode4217"] for row in await wb.rows("prices")} == {"KGS"}
        assert {row["currency"] for row in await wb.rows("campaigns")} == {"KGS"}


def test_each_currency_has_codes_and_a_country() -> None:
    assert {each.code: each.number for each in CURRENCIES.values()}.items() >= {"RUB": 643, "KGS": 417}.items()
    assert len({each.country for each in CURRENCIES.values()}) == len(CURRENCIES)
