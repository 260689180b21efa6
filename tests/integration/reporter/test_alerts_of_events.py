"""Alerts that an event raises by itself: of a token that ends, of data that stop."""

from collections.abc import Awaitable, Callable
from datetime import timedelta
from itertools import permutations
from typing import Any
from uuid import UUID

import pytest
from contracts.alerts import AlertsRaisedV1, AlertsResolvedV1
from contracts.cabinets import CabinetConnectedV1, CabinetTokenExpiringV1
from contracts.envelope import Event, EventData, Origin
from contracts.freshness import DataDelayedV1, DataRecoveredV1, DelayedResource, RecoveredResource
from contracts.wb_token import TokenClaims, TokenKind
from servicekit.db import Database
from servicekit.events import new_event
from support.alerting import NOW
from support.outbox_rows import published
from support.reporting import cabinet_disconnected
from support.rows import all_rows
from support.stored_alerts import open_rules, steps, told

Fold = Callable[..., Awaitable[set[str]]]


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
