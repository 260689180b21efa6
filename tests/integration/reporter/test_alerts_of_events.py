"""Alerts that an event raises by itself: of a token that ends, of data that stop."""

from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta
from functools import partial
from itertools import permutations
from typing import Any
from uuid import UUID

import pytest
from contracts.alerts import AlertsRaisedV1, AlertsResolvedV1
from contracts.cabinets import CabinetConnectedV1, CabinetTokenExpiringV1
from contracts.claims import ChangedClaim, ClaimsUpdatedV1
from contracts.envelope import Event, EventData, Origin
from contracts.freshness import DataDelayedV1, DataRecoveredV1, DelayedResource, RecoveredResource
from contracts.wb_token import TokenClaims, TokenKind
from reporter.cabinet_locks import CabinetLocks
from reporter.figures.pacing import Pace
from reporter.jobs.look_again import look_again
from servicekit.db import Database
from servicekit.events import new_event
from support.alerting import NOW
from support.outbox_rows import published
from support.reporting import NOON, an_order, cabinet_disconnected, orders_updated
from support.rows import all_rows
from support.stored_alerts import open_rules, steps, told

Fold = Callable[..., Awaitable[set[str]]]
CountStale = Callable[..., Awaitable[int]]


def token_given(cabinet_id: UUID, *, expires_in: int, at: int) -> Event[Any]:
    """A token that ends in so many days, given at the hour `at`."""
    claims = TokenClaims(
        kind=TokenKind.PERSONAL,
        seller_id=cabinet_id,
        categories=frozenset(),
        read_only=True,
        expires_at=NOW + timedelta(days=expires_in),
    )
    return _at(at, CabinetConnectedV1(sealed_token="x", claims=claims, members=()), cabinet_id)


def token_expiring_in(cabinet_id: UUID, days: int, *, at: int) -> Event[Any]:
    data = CabinetTokenExpiringV1(expires_at=NOW + timedelta(days=20), threshold_days=days)
    return _at(at, data, cabinet_id)


def _at(hours: int, data: EventData, cabinet_id: UUID) -> Event[Any]:
    event = new_event(data, cabinet_id=cabinet_id)
    return event.model_copy(update={"time": NOW + timedelta(hours=hours)})


def a_claim(claim_id: str, **fields: Any) -> ChangedClaim:
    values = {"id": claim_id, "claimed_at": NOON, "updated_at": NOON, "status": 0, "nm_id": 1, "revision": 1}
    return ChangedClaim.model_validate({**values, "change": "new", "actions": ("approve1", "rejectcustom"), **fields})


def claims_updated(cabinet_id: UUID, *claims: ChangedClaim, origin: Origin = Origin.LIVE) -> Event[Any]:
    return new_event(ClaimsUpdatedV1(claims=claims), cabinet_id=cabinet_id, origin=origin)


def later(days: float) -> datetime:
    return NOON + timedelta(days=days)


class TestEvents:
    async def test_a_token_that_ends_is_told_until_there_is_another(
        self, fold: Fold, reporter_db: Database, cabinet_id: UUID
    ) -> None:
        await fold(token_given(cabinet_id, expires_in=20, at=0))
        expiring = [token_expiring_in(cabinet_id, days, at=n) for n, days in enumerate((30, 14, 3), start=1)]
        await fold(expiring[0], expiring[0], *expiring)
        assert await steps(reporter_db, "token_expiring") == ["raised", "updated", "updated"]
        assert [alert.severity for _, alert in await told(reporter_db)] == ["info", "warning", "critical"]
        new = token_given(cabinet_id, expires_in=180, at=4)
        await fold(new)
        assert (await steps(reporter_db, "token_expiring"))[3:] == ["resolved"]
        [resolved] = await published(reporter_db, AlertsResolvedV1.TYPE)
        assert resolved.causationid == new.id

    @pytest.mark.parametrize("order", list(permutations(range(4))))
    async def test_the_order_of_telling_changes_nothing(
        self, fold: Fold, reporter_db: Database, cabinet_id: UUID, order: tuple[int, ...]
    ) -> None:
        events = [
            token_given(cabinet_id, expires_in=20, at=0),
            token_expiring_in(cabinet_id, 30, at=1),
            token_expiring_in(cabinet_id, 14, at=2),
            token_given(cabinet_id, expires_in=180, at=3),
        ]
        await fold(*(events[n] for n in order))
        assert await open_rules(reporter_db) == []
        [row] = await all_rows(reporter_db, "cabinet_tokens")
        assert (row["expires_at"], row["threshold_days"]) == (NOW + timedelta(days=180), 14)

    async def test_data_that_stop_and_come_again(self, fold: Fold, reporter_db: Database, cabinet_id: UUID) -> None:
        late = DelayedResource(resource="orders", last_success_at=NOW, reason="503")
        back = RecoveredResource(resource="orders", delayed_since=NOW, recovered_at=NOW + timedelta(hours=1))
        delayed = new_event(DataDelayedV1(resources=(late,)), cabinet_id=cabinet_id)
        recovered = new_event(DataRecoveredV1(resources=(back,)), cabinet_id=cabinet_id)
        await fold(delayed, delayed, recovered, recovered)
        assert await steps(reporter_db, "data_lagging") == ["raised", "resolved"]
        [raised] = await published(reporter_db, AlertsRaisedV1.TYPE)
        assert (raised.causationid, raised.origin) == (delayed.id, Origin.LIVE)

    async def test_claims_that_wait_for_the_seller(
        self, fold: Fold, count_stale: CountStale, reporter_db: Database, cabinet_id: UUID
    ) -> None:
        old = NOON - timedelta(days=13)
        claims = [
            a_claim("waits"),
            a_claim("no item", nm_id=None, claimed_at=old),
            a_claim("decided", status=1),
            a_claim("nothing to do", actions=()),
            a_claim("too old", claimed_at=NOON - timedelta(days=14)),
        ]
        event = claims_updated(cabinet_id, *claims)
        await fold(event, event, claims_updated(cabinet_id, a_claim("old", nm_id=2), origin=Origin.BACKFILL))
        told_of = {alert.figures["claim_id"] for _, alert in await told(reporter_db)}
        assert told_of == {"waits", "no item", "old"}
        origins = {(each.origin, each.causationid == event.id) for each in await published(reporter_db)}
        assert origins == {(Origin.LIVE, True), (Origin.BACKFILL, False)}
        await fold(claims_updated(cabinet_id, a_claim("waits", status=2, revision=2, change="changed", actions=())))
        assert await steps(reporter_db, "claim_waiting") == ["raised", "raised", "resolved", "raised"]
        # Nobody says that a claim is not listed any more.
        await fold(orders_updated(cabinet_id, an_order(cabinet_id)))
        await count_stale()
        for days, due in ((0.9, 0), (1, 1), (1.1, 0)):
            assert await look_again(reporter_db, CabinetLocks(), Pace(), partial(later, days)) == due
        assert await steps(reporter_db, "claim_waiting") == ["raised", "resolved", "raised", "resolved", "raised"]

    async def test_of_a_disconnected_cabinet_nothing_is_told(
        self, fold: Fold, reporter_db: Database, cabinet_id: UUID
    ) -> None:
        late = DelayedResource(resource="orders", last_success_at=NOW)
        back = RecoveredResource(resource="orders", delayed_since=NOW, recovered_at=NOW)
        await fold(
            cabinet_disconnected(cabinet_id),
            token_given(cabinet_id, expires_in=20, at=0),
            token_expiring_in(cabinet_id, 3, at=1),
            new_event(DataDelayedV1(resources=(late,)), cabinet_id=cabinet_id),
            new_event(DataRecoveredV1(resources=(back,)), cabinet_id=cabinet_id),
        )
        assert await all_rows(reporter_db, "alerts") == []
        assert await all_rows(reporter_db, "cabinet_tokens") == []
