"""Answers that WB has changed: what is new, what stays, and that it is the same for everybody."""

import json
import ssl
from typing import Any

import httpx
import pytest
from wbsim.config import Behaviour, Drift
from wbsim.drift import FIXED_VALUES, drifted
from wbsim.running import Wbsim, running_wbsim

ORDERS = "/api/v1/supplier/orders?dateFrom=2020-01-01"
CARDS = "/content/v2/get/cards/list"
FEEDBACKS = "/api/v1/feedbacks?isAnswered=true&take=5000&skip=0"


def kept(changed: Any, before: Any) -> Any:
    """The changed value without the fields that the one before did not have."""
    if isinstance(before, dict):
        return {key: kept(changed[key], item) for key, item in before.items()}
    if isinstance(before, list):
        return [kept(new, old) for new, old in zip(changed, before, strict=True)]
    return changed


async def test_all_rows_of_all_methods_gain_the_same_fields(wb: Wbsim, http: httpx.AsyncClient) -> None:
    plain = [(await http.get(ORDERS)).json(), (await http.post(CARDS, json={})).json()]
    await wb.settings(drift=["fields"])
    orders, cards = (await http.get(ORDERS)).json(), (await http.post(CARDS, json={})).json()
    [new] = {frozenset(row) - frozenset(plain[0][0]) for row in orders}
    assert len(new) == 4
    assert all(new < row.keys() for row in cards["cards"])
    assert new < cards["cards"][0]["sizes"][0].keys()
    assert new < (await http.get("/ping")).json().keys()
    assert kept([orders, cards], plain) == plain


async def test_fields_with_a_list_of_values_take_others_and_nothing_else_changes(
    wb: Wbsim, http: httpx.AsyncClient
) -> None:
    sid = await wb.seller(products=4, history_orders=600)
    headers = {"Authorization": await wb.token(sid=sid)}
    before = (await http.get(FEEDBACKS, headers=headers)).json()["data"]["feedbacks"]
    await wb.settings(drift=["values"])
    after = (await http.get(FEEDBACKS, headers=headers)).json()["data"]["feedbacks"]
    changed = {key for old, new in zip(before, after, strict=True) for key in old if old[key] != new[key]}
    assert {"orderStatus", "state"} <= changed | {"answer"}
    assert changed - {"answer"} <= FIXED_VALUES
    assert any(old["orderStatus"] == new["orderStatus"] for old, new in zip(before, after, strict=True))


async def test_order_of_keys_and_white_space_change_and_no_value_does(wb: Wbsim, http: httpx.AsyncClient) -> None:
    before = await http.get(ORDERS)
    await wb.settings(drift=["order"])
    after = await http.get(ORDERS)
    assert after.json() == before.json()
    assert list(after.json()[0]) != list(before.json()[0])
    assert (b" : " in before.content, b" : " in after.content) == (False, True)


async def test_the_same_seed_drifts_alike_and_another_otherwise() -> None:
    body = json.dumps([{"srid": "a", "state": "new"}] * 9).encode()
    kinds: tuple[Drift, ...] = ("fields", "values", "order")
    assert drifted(body, kinds, 1) == drifted(body, kinds, 1)
    assert drifted(body, kinds, 1) != drifted(body, kinds, 2)


async def test_the_truth_does_not_drift(wb: Wbsim) -> None:
    before = await wb.rows("orders")
    await wb.settings(drift=["fields", "values", "order"])
    assert await wb.rows("orders") == before


async def test_drift_can_end(wb: Wbsim, http: httpx.AsyncClient) -> None:
    before = (await http.get(ORDERS)).content
    await wb.settings(drift=["fields"])
    await wb.settings(drift=[])
    assert (await http.get(ORDERS)).content == before


def test_maps_and_what_is_no_json_stay_as_they_are() -> None:
    by_day = b'{"2026-10-01":{"views":1}}'
    assert json.loads(drifted(by_day, ["fields"], 1)).keys() == {"2026-10-01"}
    assert json.loads(drifted(by_day, ["fields"], 1))["2026-10-01"].keys() > {"views"}
    assert drifted(b"nmID;views\n1;2\n", ["fields", "order"], 1) == b"nmID;views\n1;2\n"
    assert drifted(b"", ["fields"], 1) == b""
    assert drifted(b"3", ["fields"], 1) == b"3"


@pytest.mark.parametrize("number", [-1, 4, 9])
def test_numbers_of_a_fixed_list_take_others_too(number: int) -> None:
    body = json.dumps([{"status": number, "valid": True}] * 50).encode()
    assert {row["status"] for row in json.loads(drifted(body, ["values"], 1))} == {number, number + 1_000}


async def test_a_world_may_have_drifted_from_its_start(no_tls: ssl.SSLContext) -> None:
    drifting = Behaviour(drift=("fields",))
    async with running_wbsim(products=1, history_orders=1, behaviour=drifting) as wb:
        headers = {"Authorization": await wb.token()}
        async with httpx.AsyncClient(base_url=wb.url, headers=headers, verify=no_tls) as http:
            assert len((await http.get("/ping")).json()) == 6
