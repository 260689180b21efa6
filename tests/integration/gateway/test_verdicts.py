"""WB's verdicts on tokens, in whatever order they arrive."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from contracts.envelope import Event
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from support.gateway import Gateway, User, wb_token
from support.verdicts import SELLER_NAME, hear, last_connect, suspended, verified

KINDS: st.SearchStrategy[Callable[..., Event[Any]]] = st.sampled_from([verified, suspended])


async def shown(user: User, cabinet_id: UUID) -> dict[str, Any]:
    cabinet: dict[str, Any] = (await user.get(f"/cabinets/{cabinet_id}")).json()["data"]
    return cabinet


class TestVerdicts:
    async def test_a_verified_cabinet_shows_its_seller(self, gateway: Gateway, alice: User) -> None:
        cabinet_id = await alice.connect()
        await hear(gateway, verified(cabinet_id, cause=await last_connect(gateway, cabinet_id)))
        cabinet = await shown(alice, cabinet_id)
        assert cabinet["status"] == "verified"
        assert cabinet["seller_name"] == SELLER_NAME
        assert cabinet["verified_at"] is not None

    async def test_a_suspended_cabinet_says_why(self, gateway: Gateway, alice: User) -> None:
        cabinet_id = await alice.connect()
        await hear(gateway, suspended(cabinet_id))
        cabinet = await shown(alice, cabinet_id)
        assert (cabinet["status"], cabinet["status_reason"]) == ("suspended", "token_rejected")
        assert cabinet["status_detail"] == "401: token withdrawn"

    async def test_one_refused_resource_leaves_the_cabinet_as_it_is(self, gateway: Gateway, alice: User) -> None:
        cabinet_id = await alice.connect()
        await hear(gateway, verified(cabinet_id), suspended(cabinet_id, resource="stocks"))
        assert (await shown(alice, cabinet_id))["status"] == "verified"

    async def test_a_new_token_clears_the_suspension_and_waits_for_its_own_verdict(
        self, gateway: Gateway, alice: User
    ) -> None:
        token = wb_token()
        cabinet_id = await alice.connect(token)
        await hear(gateway, suspended(cabinet_id))
        await alice.connect(token)
        cabinet = await shown(alice, cabinet_id)
        assert (cabinet["status"], cabinet["status_reason"], cabinet["status_detail"]) == ("unchecked", None, None)

    @pytest.mark.parametrize("verdict", [verified, suspended])
    async def test_a_verdict_on_an_older_token_does_not_touch_the_newer_one(
        self, gateway: Gateway, alice: User, verdict: Any
    ) -> None:
        token = wb_token()
        cabinet_id = await alice.connect(token)
        old = await last_connect(gateway, cabinet_id)
        before_reconnect = verdict(cabinet_id)
        await alice.connect(token)
        await hear(gateway, before_reconnect, verdict(cabinet_id, cause=old, after=timedelta(seconds=5)))
        assert (await shown(alice, cabinet_id))["status"] == "unchecked"
        await hear(gateway, verified(cabinet_id, cause=await last_connect(gateway, cabinet_id)))
        assert (await shown(alice, cabinet_id))["status"] == "verified"

    async def test_a_clock_that_is_behind_does_not_hide_the_verdict_on_the_current_token(
        self, gateway: Gateway, alice: User
    ) -> None:
        cabinet_id = await alice.connect()
        cause = await last_connect(gateway, cabinet_id)
        await hear(gateway, verified(cabinet_id, cause=cause, after=timedelta(seconds=-30)))
        assert (await shown(alice, cabinet_id))["status"] == "verified"

    async def test_a_verdict_on_a_cabinet_that_is_gone_brings_nothing_back(self, gateway: Gateway, alice: User) -> None:
        cabinet_id = await alice.connect()
        await alice.call("DELETE", f"/cabinets/{cabinet_id}")
        await hear(gateway, verified(cabinet_id))
        assert (await alice.get("/cabinets")).json()["data"] == []

    @settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
    @given(data=st.data())
    async def test_the_newest_verdict_stands_whatever_the_order_and_however_often(
        self, gateway: Gateway, data: st.DataObject
    ) -> None:
        user = await gateway.user(uuid4().int % 2**40 + 1)
        cabinet_id = await user.connect()
        cause = await last_connect(gateway, cabinet_id)
        kinds: list[Callable[..., Event[Any]]] = data.draw(
            st.lists(st.sampled_from([verified, suspended]), min_size=1, max_size=5)
        )
        verdicts: list[Event[Any]] = [
            kind(cabinet_id, cause=cause, after=timedelta(seconds=n)) for n, kind in enumerate(kinds)
        ]
        repeats = data.draw(st.lists(st.sampled_from(verdicts), max_size=4))
        await hear(gateway, *data.draw(st.permutations(verdicts + repeats)))
        expected = "verified" if kinds[-1] is verified else "suspended"
        assert (await shown(user, cabinet_id))["status"] == expected
