"""What sellers enter: stored once for each change, told with it, listed with its history."""

import asyncio
from datetime import date, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from contracts.entered import CostsEnteredV1
from contracts.envelope import Event
from gateway.entered import EVENTS, Cursor, Kind
from gateway.jobs.purge import purge
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from support.gateway import Gateway, User
from support.outbox_rows import published
from support.rows import count, statements

DAY = date(2026, 11, 1)

KINDS: dict[str, tuple[Kind, dict[str, Any], dict[str, Any]]] = {
    "costs": (Kind.COSTS, {"nm_id": 7, "valid_from": "2026-11-01", "cost": "520.00"}, {"cost": "530.00"}),
    "tax": (Kind.TAXES, {"valid_from": "2026-11-01", "percent": "6.00", "base": "income"}, {"percent": "7.00"}),
    "other-costs": (Kind.OTHER_COSTS, {"nm_id": 0, "valid_from": "2026-11-01", "amount": "12.00"}, {"amount": "1.50"}),
    "lead-times": (
        Kind.LEAD_TIMES,
        {"nm_id": 7, "valid_from": "2026-11-01", "lead_days": 10, "incoming": [{"chrt_id": 5, "units": 24}]},
        {"lead_days": 14, "incoming": []},
    ),
    "plan": (Kind.PLANS, {"nm_id": 0, "month": "2026-11-01", "orders": 100}, {"orders_sum": "5000.00"}),
}
every_kind = pytest.mark.parametrize("path", KINDS)


@pytest.fixture
async def cabinet(alice: User) -> UUID:
    """Alice's cabinet."""
    return await alice.connect()


def cost(nm_id: int = 7, day: date = DAY, amount: str = "520.00", **other: Any) -> dict[str, Any]:
    return {"nm_id": nm_id, "valid_from": day.isoformat(), "cost": amount, **other}


def place_of(row: dict[str, Any]) -> dict[str, Any]:
    """What a row is taken back by."""
    return {name: row[name] for name in ("nm_id", "valid_from", "month") if name in row}


async def put(user: User, cabinet_id: UUID, *rows: dict[str, Any], path: str = "costs") -> list[dict[str, Any]]:
    answer = await user.call("PUT", f"/cabinets/{cabinet_id}/{path}", json={"rows": rows})
    assert answer.status_code == 200, answer.text
    return list(answer.json()["rows"])


async def listed(user: User, cabinet_id: UUID, path: str = "costs", **query: Any) -> list[dict[str, Any]]:
    answer = await user.get(f"/cabinets/{cabinet_id}/{path}", **query)
    assert answer.status_code == 200, answer.text
    return list(answer.json()["data"])


async def told(gateway: Gateway, kind: Kind = Kind.COSTS) -> list[Event[Any]]:
    return await published(gateway.database, EVENTS[kind].TYPE)


class TestEveryKind:
    @every_kind
    async def test_is_entered_changed_taken_back_and_told_each_time(
        self, gateway: Gateway, alice: User, cabinet: UUID, path: str
    ) -> None:
        kind, row, change = KINDS[path]
        (first,) = await put(alice, cabinet, row, path=path)
        (second,) = await put(alice, cabinet, row | change, path=path)
        place = place_of(row)
        gone = await alice.call("DELETE", f"/cabinets/{cabinet}/{path}", params=place)
        assert gone.status_code == 204

        assert [first["revision"], second["revision"]] == [1, 2]
        assert all(first["row"][name] == value for name, value in row.items() if name != "incoming")
        events = await told(gateway, kind)
        rows = [getattr(event.data, kind)[0] for event in events]
        assert [(row.change, row.revision) for row in rows] == [("new", 1), ("changed", 2), ("gone", 3)]
        assert {event.cabinetid for event in events} == {cabinet}
        assert rows[1].model_dump(exclude={"revision", "change", "previous"}) == rows[2].model_dump(
            exclude={"revision", "change", "previous"}
        ), "a row that is gone tells its last values"
        assert set(rows[1].previous) == set(change)

        assert await listed(alice, cabinet, path) == []
        history = await listed(alice, cabinet, path, history=True)
        assert [each["revision"] for each in history] == [3, 2, 1]
        assert [each["row"] is None for each in history] == [True, False, False]
        assert {each["entered_by"] for each in history} == {alice.telegram_id}

    @every_kind
    async def test_the_same_again_changes_nothing_and_is_not_told(
        self, gateway: Gateway, alice: User, cabinet: UUID, path: str
    ) -> None:
        kind, row, _ = KINDS[path]
        first = await put(alice, cabinet, row, path=path)
        assert await put(alice, cabinet, row, path=path) == first
        assert len(await told(gateway, kind)) == 1

    @every_kind
    async def test_fields_that_it_does_not_know_are_refused(self, alice: User, cabinet: UUID, path: str) -> None:
        _, row, _ = KINDS[path]
        for body in ({"rows": [row | {"colour": "red"}]}, {"rows": [row], "colour": "red"}):
            answer = await alice.call("PUT", f"/cabinets/{cabinet}/{path}", json=body)
            assert (answer.status_code, answer.json()["code"]) == (422, "invalid_request")
            assert "colour" in answer.json()["detail"]

    @every_kind
    async def test_what_was_never_entered_cannot_be_taken_back(self, alice: User, cabinet: UUID, path: str) -> None:
        place = place_of(KINDS[path][1])
        answer = await alice.call("DELETE", f"/cabinets/{cabinet}/{path}", params=place)
        assert (answer.status_code, answer.json()["code"]) == (404, "entered_row_not_found")

    @every_kind
    async def test_a_cabinet_of_another_is_answered_like_none(self, alice: User, bob: User, path: str) -> None:
        _, row, _ = KINDS[path]
        await bob.connect()
        cabinet_id = await alice.connect()
        await put(alice, cabinet_id, row, path=path)
        place = place_of(row)
        for method, sent in (("PUT", {"json": {"rows": [row]}}), ("GET", {}), ("DELETE", {"params": place})):
            foreign = await bob.call(method, f"/cabinets/{cabinet_id}/{path}", **sent)
            unknown = await bob.call(method, f"/cabinets/{uuid4()}/{path}", **sent)
            assert foreign.status_code == unknown.status_code == 404
            assert foreign.json()["code"] == unknown.json()["code"] == "cabinet_not_found"
        assert len(await listed(alice, cabinet_id, path, history=True)) == 1


class TestEnter:
    async def test_tells_only_the_rows_that_changed_in_one_event(
        self, gateway: Gateway, alice: User, cabinet: UUID
    ) -> None:
        await put(alice, cabinet, cost(1), cost(2), cost(3))
        rows = await put(alice, cabinet, cost(1), cost(2, amount="530"), cost(4))
        assert [(row["nm_id"], row["revision"]) for row in rows] == [(4, 1), (2, 2), (1, 1)]
        _, event = await told(gateway)
        assert isinstance(event.data, CostsEnteredV1)
        assert {(row.nm_id, row.change, row.revision) for row in event.data.costs} == {(2, "changed", 2), (4, "new", 1)}
        assert [row.previous for row in event.data.costs if row.nm_id == 2] == [{"cost": "520.00"}]

    async def test_the_same_amount_written_otherwise_is_no_change(self, alice: User, cabinet: UUID) -> None:
        await put(alice, cabinet, cost(amount="520"))
        for amount in ("520.0", "520.00", 520, 520.0, "0520"):
            (row,) = await put(alice, cabinet, {**cost(), "cost": amount})
            assert (row["revision"], row["row"]["cost"]) == (1, "520.00")

    async def test_a_row_that_was_taken_back_is_new_when_entered_again(
        self, gateway: Gateway, alice: User, cabinet: UUID
    ) -> None:
        await put(alice, cabinet, cost())
        place = {"nm_id": 7, "valid_from": "2026-11-01"}
        for _ in range(2):
            assert (await alice.call("DELETE", f"/cabinets/{cabinet}/costs", params=place)).status_code == 204
        (row,) = await put(alice, cabinet, cost())
        assert row["revision"] == 3
        assert [event.data.costs[0].change for event in await told(gateway)] == ["new", "gone", "new"]

    async def test_takes_as_many_rows_as_an_event_holds_by_as_many_statements_as_one(
        self, gateway: Gateway, alice: User, cabinet: UUID
    ) -> None:
        with statements(gateway.database) as of_one:
            await put(alice, cabinet, cost())
        with statements(gateway.database) as of_all:
            await put(alice, cabinet, *(cost(nm_id) for nm_id in range(1, 501)))
        assert len(of_all) == len(of_one)
        assert len((await told(gateway))[1].data.costs) == 499

    @pytest.mark.parametrize(
        ("rows", "said"),
        [
            ([], "at least 1"),
            ([cost(n) for n in range(1, 502)], "at most 500"),
            ([cost(0)], "greater than or equal to 1"),
            ([cost(10**13)], "less than or equal"),
            ([cost(amount="-1")], "a number from 0"),
            ([cost(amount="1.001")], "a number from 0"),
            ([cost(amount="1e30")], "a number from 0"),
            ([cost(amount="NaN")], "a number from 0"),
            ([cost(currency="rub")], "pattern"),
            ([cost(day=date(1999, 12, 31))], "2000 to 2100"),
            ([cost() | {"valid_from": "2026-02-30"}], "valid date"),
            ([cost() | {"valid_from": 1793491200}], "2000 to 2100"),
            ([cost() | {"cost": 520.5}], "as a string"),
            ([cost() | {"nm_id": "7"}], "a whole number"),
            ([{"nm_id": 7, "cost": "1"}], "valid_from"),
        ],
    )
    async def test_says_what_is_wrong_and_stores_nothing(
        self, gateway: Gateway, alice: User, cabinet: UUID, rows: list[dict[str, Any]], said: str
    ) -> None:
        answer = await alice.call("PUT", f"/cabinets/{cabinet}/costs", json={"rows": [*rows]})
        assert (answer.status_code, answer.json()["code"]) == (422, "invalid_request")
        assert said in answer.json()["detail"]
        assert await count(gateway.database, "entered_rows") == 0
        assert await told(gateway) == []

    @pytest.mark.parametrize(
        ("path", "row", "said"),
        [
            ("tax", {"valid_from": "2026-11-01", "percent": "100.01", "base": "income"}, "100"),
            ("tax", {"valid_from": "2026-11-01", "percent": "6", "base": "turnover"}, "income"),
            ("plan", {"nm_id": 0, "month": "2026-11-02", "orders": 1}, "first day of a month"),
            ("lead-times", {"nm_id": 0, "valid_from": "2026-11-01", "lead_days": 5000}, "3650"),
            ("lead-times", {"nm_id": 0, "valid_from": "2026-11-01", "lead_days": 5, "box_units": 0}, "equal to 1"),
        ],
    )
    async def test_says_what_is_wrong_with_other_rows(
        self, alice: User, cabinet: UUID, path: str, row: dict[str, Any], said: str
    ) -> None:
        answer = await alice.call("PUT", f"/cabinets/{cabinet}/{path}", json={"rows": [row]})
        assert (answer.status_code, answer.json()["code"]) == (422, "invalid_request")
        assert said in answer.json()["detail"]

    async def test_says_what_no_schema_can(self, gateway: Gateway, alice: User, cabinet: UUID) -> None:
        for path, rows, code in (
            ("costs", [cost(), cost(amount="1")], "row_repeated"),
            ("plan", [{"nm_id": 0, "month": "2026-11-01"}], "plan_empty"),
        ):
            answer = await alice.call("PUT", f"/cabinets/{cabinet}/{path}", json={"rows": rows})
            assert (answer.status_code, answer.json()["code"]) == (422, code)
        assert await count(gateway.database, "entered_rows") == 0

    async def test_at_once_by_many_gives_every_change_a_revision_of_its_own(
        self, gateway: Gateway, alice: User, cabinet: UUID
    ) -> None:
        await asyncio.gather(*(put(alice, cabinet, cost(amount=str(amount))) for amount in range(1, 9)))
        history = await listed(alice, cabinet, history=True)
        assert [row["revision"] for row in history] == list(range(8, 0, -1))
        events = await told(gateway)
        assert sorted(event.data.costs[0].revision for event in events) == list(range(1, 9))

    async def test_ends_with_the_cabinet(self, gateway: Gateway, alice: User, cabinet: UUID) -> None:
        await put(alice, cabinet, cost())
        assert (await alice.call("DELETE", f"/cabinets/{cabinet}")).status_code == 204
        answer = await alice.call("PUT", f"/cabinets/{cabinet}/costs", json={"rows": [cost()]})
        assert answer.status_code == 404
        await purge(gateway.database)
        assert await count(gateway.database, "entered_rows") == 0
        assert await told(gateway) == []


class TestList:
    async def test_pages_hold_every_row_once_from_the_last_item_and_day(self, alice: User, cabinet: UUID) -> None:
        rows = [cost(nm_id, DAY + timedelta(days=n), f"{n}.00") for nm_id in (3, 1, 2) for n in range(4)]
        await put(alice, cabinet, *rows)
        await put(alice, cabinet, *(row | {"cost": "9.00"} for row in rows[:5]))
        for history, expected in ((False, 12), (True, 17)):
            read, cursor = [], None
            while True:
                query = {"history": history, "limit": 5, "cursor": cursor}
                answer = (await alice.get(f"/cabinets/{cabinet}/costs", **query)).json()
                read += answer["data"]
                assert len(answer["data"]) <= 5
                if (cursor := answer["meta"]["next_cursor"]) is None:
                    break
            assert len(read) == expected
            places = [(row["nm_id"], row["day"], row["revision"]) for row in read]
            assert places == sorted(set(places), reverse=True)

    async def test_one_item_alone(self, alice: User, cabinet: UUID) -> None:
        await put(alice, cabinet, cost(1), cost(2))
        assert [row["row"]["nm_id"] for row in await listed(alice, cabinet, nm_id=2)] == [2]

    @pytest.mark.parametrize(
        "cursor", ["", "x", "1.20261101", "1.20269901.1", "-1.20261101.1", "1.20261101.1x", "9" * 50]
    )
    async def test_a_cursor_that_it_did_not_give_is_refused(self, alice: User, cabinet: UUID, cursor: str) -> None:
        answer = await alice.get(f"/cabinets/{cabinet}/costs", cursor=cursor)
        assert (answer.status_code, answer.json()["code"]) == (422, "cursor_invalid")

    async def test_no_more_than_a_page(self, alice: User, cabinet: UUID) -> None:
        answer = await alice.get(f"/cabinets/{cabinet}/costs", limit=201)
        assert answer.status_code == 422


@given(st.integers(0, 10**12), st.dates(date(2000, 1, 1), date(2100, 12, 31)), st.integers(1, 10**6))
def test_a_cursor_leads_back_to_its_row(nm_id: int, day: date, revision: int) -> None:
    spelt = f"{nm_id}.{day:%Y%m%d}.{revision}"
    assert Cursor.decode(spelt).encode() == spelt


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.tuples(st.integers(1, 2), st.none() | st.integers(1, 3)), max_size=12))
async def test_the_events_tell_all_that_the_table_holds(
    gateway: Gateway, alice: User, steps: list[tuple[int, int | None]]
) -> None:
    cabinet = await alice.connect()
    for nm_id, amount in steps:
        if amount is None:
            await alice.call(
                "DELETE", f"/cabinets/{cabinet}/costs", params={"nm_id": nm_id, "valid_from": "2026-11-01"}
            )
        else:
            await put(alice, cabinet, cost(nm_id, amount=str(amount)))
    newest: dict[int, Any] = {}
    for event in await told(gateway):
        for row in event.data.costs if event.cabinetid == cabinet else ():
            assert row.revision == (newest[row.nm_id].revision if row.nm_id in newest else 0) + 1
            newest[row.nm_id] = row
    told_rows = {nm_id: (row.revision, f"{row.cost:.2f}") for nm_id, row in newest.items() if row.change != "gone"}
    assert told_rows == {r["nm_id"]: (r["revision"], r["row"]["cost"]) for r in await listed(alice, cabinet)}
