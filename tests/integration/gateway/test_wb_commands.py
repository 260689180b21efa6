"""Answers to feedbacks and questions: asked for once, told on, shown with what became of them."""

import asyncio
from typing import Any
from uuid import UUID, uuid4

import httpx
import pytest
from contracts.envelope import Event, EventData
from contracts.topics import GATEWAY_WB_COMMANDS
from contracts.wb_commands import WbCommandChangedV1
from contracts.wb_token import REQUIRED, Category
from gateway import invalidation
from gateway.handlers.wb_command_changed import wb_command_changed
from gateway.roles import Role
from servicekit import clock
from servicekit.consume import Handler, handle_once
from servicekit.db import Database
from support.gateway import Gateway, User, wb_token
from support.outbox_rows import published
from support.plans import looked_at
from support.rows import execute
from support.verdicts import mark_verified
from support.written import put_feedback, put_question

WORDS = "Спасибо, что написали"


@pytest.fixture
async def cabinet(gateway: Gateway, alice: User, reporter_db: Database) -> UUID:
    """Alice's, with a feedback and a question that wait."""
    cabinet_id = await alice.connect(wb_token(categories=frozenset(Category)))
    await mark_verified(gateway, cabinet_id)
    await put_feedback(reporter_db, cabinet_id, "a", 4, text="Тёплое")
    await put_question(reporter_db, cabinet_id, "q", text="Маломерит?")
    return cabinet_id


async def answer(user: User, path: str = "/reviews/a/answer", words: str = WORDS, **more: Any) -> httpx.Response:
    return await user.call(more.pop("method", "POST"), path, json={"text": words}, **more)


async def hear(gateway: Gateway, cabinet_id: UUID, command_id: str, state: str, revision: int, **said: Any) -> None:
    """The ingestor tells how far a command has come."""
    data = WbCommandChangedV1.model_validate(
        {
            "command_id": command_id,
            "kind": "review_answer",
            "subject": "a",
            "state": state,
            "revision": revision,
            "attempts": 1,
            "changed_at": clock.now(),
            **said,
        }
    )
    event: Event[WbCommandChangedV1] = Event.new(data, cabinet_id=cabinet_id)
    handlers: dict[type[EventData], Handler] = {WbCommandChangedV1: wb_command_changed}
    await handle_once(gateway.database, GATEWAY_WB_COMMANDS, handlers, event)
    await invalidation.of_reviews(gateway.app.state.parts.cache)(event, None)


async def last_command(user: User, path: str = "/reviews/a") -> dict[str, Any] | None:
    found: dict[str, Any] | None = (await user.get(path)).json()["data"]["last_command"]
    return found


async def test_an_answer_is_asked_for_told_and_shown_with_what_becomes_of_it(
    gateway: Gateway, alice: User, cabinet: UUID
) -> None:
    assert await last_command(alice) is None
    taken = await answer(alice)
    command = taken.json()
    assert (taken.status_code, command["state"], command["text"]) == (202, "requested", WORDS)
    assert taken.headers["location"] == f"/api/v1/commands/{command['command_id']}"
    [event] = await published(gateway.database, "review.answer_requested.v1")
    assert event.data.model_dump(mode="json") == {
        "command_id": command["command_id"], "review_id": "a", "text": WORDS, "edits": False,
        "requested_by": alice.telegram_id,
    }  # fmt: skip
    shown = await last_command(alice)
    assert shown is not None
    assert (shown["command_id"], shown["state"], shown["text"]) == (command["command_id"], "requested", WORDS)
    [listed] = (await alice.get("/reviews")).json()["data"]
    assert listed["last_command"] == shown
    await hear(gateway, cabinet, command["command_id"], "refused", 2, code="moderation", reason="нельзя")
    await hear(gateway, cabinet, command["command_id"], "sent", 1)
    shown = await last_command(alice)
    assert shown is not None
    assert (shown["state"], shown["code"], shown["reason"]) == ("refused", "moderation", "нельзя")
    found = (await alice.get(f"/commands/{command['command_id']}")).json()["data"]
    assert found.items() >= {**shown, "attempts": 1, "asked_by": alice.telegram_id, "subject": "a"}.items()
    assert found["ended_at"] == found["changed_at"]
    again = await answer(alice)
    assert again.status_code == 202, "the first one has ended"
    commands = (await alice.get("/commands", cabinet_id=cabinet)).json()["data"]
    assert [each["command_id"] for each in commands] == [again.json()["command_id"], command["command_id"]]
    await hear(gateway, cabinet, again.json()["command_id"], "unknown", 1, code="unanswered")
    assert (await answer(alice)).status_code == 409
    await hear(gateway, cabinet, again.json()["command_id"], "unknown", 2, code="unresolved")
    assert (await answer(alice)).status_code == 202, "nobody knows, and nobody will"


async def test_of_several_at_once_one_is_taken(gateway: Gateway, alice: User, cabinet: UUID) -> None:
    other = await gateway.join(cabinet, 77, Role.MANAGER)
    answers = await asyncio.gather(*(answer(user) for user in (alice, other) * 2))
    assert sorted(each.status_code for each in answers) == [202, 409, 409, 409]
    assert {each.json()["code"] for each in answers if each.status_code == 409} == {"answer_under_way"}
    assert len(await published(gateway.database, "review.answer_requested.v1")) == 1


async def test_what_is_sent_again_is_asked_for_once(gateway: Gateway, alice: User, cabinet: UUID) -> None:
    headers = {"Idempotency-Key": str(uuid4())}
    first, second = [await answer(alice, headers=headers) for _ in range(2)]
    assert (first.status_code, second.status_code, first.json()) == (202, 202, second.json())
    assert len(await published(gateway.database, "review.answer_requested.v1")) == 1


async def test_questions_are_answered_and_rejected(
    gateway: Gateway, alice: User, cabinet: UUID, reporter_db: Database
) -> None:
    await put_question(reporter_db, cabinet, "r", text="Привет")
    assert (await answer(alice, "/questions/q/answer")).status_code == 202
    assert (await answer(alice, "/questions/r/reject")).json()["kind"] == "question_reject"
    events = await published(gateway.database, "question.answer_requested.v1")
    assert [(event.data.question_id, event.data.rejects) for event in events] == [("q", False), ("r", True)]
    shown = await last_command(alice, "/questions/r")
    assert shown is not None
    assert shown["kind"] == "question_reject"


@pytest.mark.parametrize(
    ("fields", "path", "method", "code"),
    [
        ({"answer_text": "Да", "answer_state": "wbRu"}, "/reviews/b/answer", "POST", "review_answered"),
        ({"answer_text": "Да", "answer_state": "rejected"}, "/reviews/b/answer", "POST", None),
        ({}, "/reviews/b/answer", "PATCH", "review_unanswered"),
        ({"answer_text": "Да", "answer_editable": False}, "/reviews/b/answer", "PATCH", "answer_not_editable"),
        ({"answer_text": "Да", "answer_editable": True}, "/reviews/b/answer", "PATCH", None),
        ({"answer_text": "Да", "state": "wbRu"}, "/questions/b/answer", "POST", "question_answered"),
        ({"answer_text": "Да", "state": "none"}, "/questions/b/reject", "POST", "question_rejected"),
    ],
)
async def test_what_cannot_be_written_is_refused(
    alice: User,
    cabinet: UUID,
    reporter_db: Database,
    fields: dict[str, Any],
    path: str,
    method: str,
    code: str | None,
) -> None:
    put = put_feedback if path.startswith("/reviews") else put_question
    await put(reporter_db, cabinet, "b", text="Так", **fields)
    answered = await answer(alice, path, method=method)
    assert (answered.status_code, answered.json().get("code")) == (409 if code else 202, code)


async def test_who_may_not_and_what_cannot(
    gateway: Gateway, alice: User, bob: User, cabinet: UUID, reporter_db: Database
) -> None:
    for role, status in ((Role.VIEWER, 403), (Role.ANALYST, 403), (Role.MANAGER, 202)):
        member = await gateway.join(cabinet, 78, role)
        assert (await answer(member)).status_code == status, role
    assert (await answer(bob)).json()["code"] == "review_not_found"
    command = (await alice.get("/commands")).json()["data"][0]["command_id"]
    assert (await bob.get(f"/commands/{command}")).json()["code"] == "command_not_found"
    assert (await alice.get(f"/commands/{uuid4()}")).status_code == 404
    for words in ("", "x", " \n ", "a\x00b", "y" * 5001):
        assert (await answer(alice, "/questions/q/answer", words)).status_code == 422, words[:5]


@pytest.mark.parametrize(
    ("token", "verified", "code"),
    [
        ({"categories": REQUIRED}, True, "token_cannot_answer"),
        ({"categories": frozenset(Category), "s": (1 << 30) - 1 | 1 << 30}, True, "token_cannot_answer"),
        ({"categories": frozenset(Category)}, False, "cabinet_not_verified"),
    ],
)
async def test_a_token_that_cannot_answer_is_said_at_once(
    gateway: Gateway, alice: User, reporter_db: Database, token: dict[str, Any], verified: bool, code: str
) -> None:
    cabinet_id = await alice.connect(wb_token(**token))
    if verified:
        await mark_verified(gateway, cabinet_id)
    await put_feedback(reporter_db, cabinet_id, "a", 4, text="Тёплое")
    answered = await answer(alice)
    assert (answered.status_code, answered.json()["code"]) == (409, code)


_FILL = """
INSERT INTO wb_commands (cabinet_id, command_id, kind, about, subject, words, asked_by, asked_at, changed_at, ended_at)
SELECT CAST(:cabinet_id AS uuid), gen_random_uuid(), 'review_answer', 'review', 'subject ' || n % 500, 'x', 1,
    now() - make_interval(mins => n), now(), now()
FROM generate_series(1, 3000) AS n
"""


async def test_lists_are_read_from_an_index(gateway: Gateway, alice: User, cabinet: UUID) -> None:
    cabinets = [cabinet, await alice.connect()]
    for cabinet_id in (*cabinets, uuid4()):
        await execute(gateway.database, _FILL, cabinet_id=cabinet_id)
    await execute(gateway.database, "ANALYZE wb_commands")
    first = (await alice.get("/commands", limit=20)).json()
    assert len(first["data"]) == 20
    params = {"limit": 20, "cursor": first["meta"]["next_cursor"]}
    rows = await looked_at(gateway, alice, cabinets, {"wb_commands"}, "/commands", params)
    assert rows == {"wb_commands": 21 * len(cabinets)}
    await answer(alice)
    assert await looked_at(gateway, alice, cabinets, {"wb_commands"}, "/reviews", {}) == {"wb_commands": 1}
