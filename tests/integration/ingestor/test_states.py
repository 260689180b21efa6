"""The states that WB can put data into: each suspends what it must, is told once, and ends without a gap."""

from collections import Counter
from dataclasses import dataclass, field
from typing import Any, Literal
from uuid import UUID

import pytest
from ingestor import drift
from ingestor.jobs import wb_watch
from ingestor.wb.methods import METHODS
from ingestor.wb.times import moscow_day
from servicekit import clock
from structlog.testing import capture_logs
from support.ingesting import Ingestor, connect_cabinet, let_ten_minutes_pass
from support.outbox_rows import published
from support.rows import execute, rows
from wbsim.running import Wbsim

pytestmark = pytest.mark.usefixtures("few_resources")

ORDERS = METHODS["orders"].path
OF_OPERATOR = {"wb.down", "wb.method_stopped", "wb.drifted", "cabinet.suspended"}
OF_HEALTH = {"cabinet.suspended.v1", "cabinet.verified.v1", "sync.failed.v1", "sync.resumed.v1"}


@dataclass(frozen=True)
class State:
    """What WB does to one seller, or to all; what is suspended for it, and what seller and operator are told."""

    path: str
    kind: str
    fault: dict[str, Any] = field(default_factory=dict)
    whose: Literal["one", "all"] = "all"
    suspends: Literal["cabinet", "resource", "nothing"] = "nothing"
    reason: str | None = None
    begins: tuple[str, ...] = ()
    ends: tuple[str, ...] = ()
    operator: tuple[str, ...] = ()


STATES = {
    "the token is dead": State(
        "/",
        "status",
        {"status": 401},
        "one",
        "cabinet",
        "token_rejected",
        ("cabinet.suspended.v1",),
        ("cabinet.verified.v1",),
        ("cabinet.suspended",),
    ),
    "nothing is paid": State(
        "/",
        "status",
        {"status": 402},
        "one",
        "cabinet",
        "payment_required",
        ("cabinet.suspended.v1",),
        ("cabinet.verified.v1",),
        ("cabinet.suspended",),
    ),
    "a scope is missing": State(
        ORDERS,
        "status",
        {"status": 403},
        "one",
        "resource",
        "scope_refused",
        ("cabinet.suspended.v1",),
        ("sync.resumed.v1",),
    ),
    "the method is switched off": State(
        ORDERS, "switched_off", {}, "all", "resource", "switched_off", operator=("wb.method_stopped",)
    ),
    "the method is gone": State(
        ORDERS,
        "status",
        {"status": 404, "shape": "no_path"},
        "all",
        "resource",
        "switched_off",
        operator=("wb.method_stopped",),
    ),
    "WB is down": State("/", "status", {"status": 503}, operator=("wb.down",)),
    "answers have drifted": State(
        ORDERS,
        "renamed",
        {"field": "nmId"},
        begins=("sync.failed.v1",),
        ends=("sync.resumed.v1",),
        operator=("wb.drifted",),
    ),
}


class Course:
    """Two cabinets of two sellers, and what happens to them; the state is looked at in the first."""

    def __init__(self, ingestor: Ingestor, wb: Wbsim) -> None:
        self.ingestor, self.wb, self.database = ingestor, wb, ingestor.database
        self.sids: list[str] = []
        self.cabinets: list[UUID] = []
        self.placed: set[str] = set()
        self.operator_told: Counter[str] = Counter()
        self.failures_warned = 0

    async def begin(self) -> None:
        for name in ("one", "other"):
            self.sids.append(await self.wb.seller(name=name, history_orders=0))
            self.cabinets.append(await connect_cabinet(self.ingestor, self.wb, sid=self.sids[-1]))
        await self.buy(1)
        await self.live()
        await execute(self.database, "UPDATE wb_shapes SET first_seen_at = first_seen_at - interval '4 days'")

    async def buy(self, count: int) -> None:
        for sid in self.sids:
            self.placed |= {order["srid"] for order in await self.wb.place_orders(count=count, sid=sid)}

    async def live(self) -> None:
        """Ten minutes: everything is read, tokens that are doubted are checked, the operator's watches look."""
        await let_ten_minutes_pass(self.database)
        await execute(self.database, "UPDATE wb_methods SET failing_since = failing_since - interval '10 minutes'")
        tools = self.ingestor.parts.tools
        with capture_logs() as logs:
            for resource in ("orders", "products"):
                await self.ingestor.sync(resource)
            for _ in self.cabinets:
                await self.ingestor.check()
            await wb_watch.watch(self.database, tools.client.health, lambda: moscow_day(clock.now()))()
            await drift.note(self.database, tools.shapes)
        self.operator_told.update(
            each["event"] for each in logs if each["log_level"] == "warning" and each["event"] in OF_OPERATOR
        )
        self.failures_warned += sum(
            each["event"] == "sync.failed" and each["log_level"] == "warning" and each["error"].startswith("503")
            for each in logs
        )

    async def of_first(self, resource: str = "orders") -> dict[str, Any]:
        [row] = await rows(
            self.database,
            """SELECT s.*, c.status, c.next_check_at, s.next_run_at < 'infinity' AS is_tried,
                extract(epoch FROM now() - s.last_success_at) AS age
            FROM sync_state s JOIN cabinets c USING (cabinet_id) WHERE cabinet_id = :c AND resource = :r""",
            c=self.cabinets[0],
            r=resource,
        )
        return row

    async def stored(self, cabinet_id: UUID) -> int:
        return len(await rows(self.database, "SELECT 1 FROM orders WHERE cabinet_id = :c", c=cabinet_id))

    async def told(self) -> list[str]:
        """What the first seller was told of the health of orders, since it began."""
        first, *events = [
            e for e in await published(self.database) if e.cabinetid == self.cabinets[0] and e.type in OF_HEALTH
        ]
        assert first.type == "cabinet.verified.v1"
        return [e.type for e in events if getattr(e.data, "resource", None) in {None, "orders"}]


@pytest.mark.parametrize("state", STATES.values(), ids=STATES)
async def test_each_suspends_what_it_must_is_told_once_and_ends_without_a_gap(
    ingestor: Ingestor, wb: Wbsim, state: State
) -> None:
    course = Course(ingestor, wb)
    await course.begin()
    sid = course.sids[0] if state.whose == "one" else None
    await wb.fault(state.path, state.kind, sid=sid, **state.fault)
    await course.buy(6)
    for _ in range(4):
        await course.live()

    affected = await course.of_first()
    assert await course.stored(course.cabinets[0]) == 1, "what was read stays"
    assert affected["age"] > 30 * 60, "with its age"
    assert (affected["status"] == "suspended") == (state.suspends == "cabinet")
    assert affected["suspended_reason"] == (state.reason if state.suspends == "resource" else None)
    is_tried = affected["next_check_at"] is not None if state.suspends == "cabinet" else affected["is_tried"]
    assert is_tried, "by itself"
    if state.path == ORDERS:
        assert (await course.of_first("products"))["age"] < 60, "what else there is goes on"
    if state.whose == "one":
        assert await course.stored(course.cabinets[1]) == 7, "and so does the other seller"
    assert await course.told() == list(state.begins), "once"
    assert course.operator_told == Counter(state.operator), "once"
    assert course.failures_warned <= 2, "of the first seller of each method, who fails before it is known of all"

    await wb.clear_faults()
    await execute(course.database, "UPDATE cabinets SET next_check_at = now() WHERE status = 'suspended'")
    for _ in range(2):
        await course.live()
    over = await course.of_first()
    assert (over["status"], over["suspended_reason"], over["failures"], over["last_error"]) == (
        "verified",
        None,
        0,
        None,
    )
    assert await course.told() == [*state.begins, *state.ends]
    assert course.operator_told == Counter(state.operator)
    new = Counter(
        row.srid for event in await published(course.database, "orders.updated.v1") for row in event.data.orders
    )
    assert new == Counter(course.placed), "each order, once"
