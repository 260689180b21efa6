"""What is written at WB: sent once, read back, and right in the journal whatever happens between."""

import asyncio
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from contracts.envelope import Event
from contracts.wb_commands import QuestionAnswerRequestedV1, ReviewAnswerRequestedV1
from ingestor.commands import journal, sender
from ingestor.jobs.purge import purge
from ingestor.resources import feedbacks
from ingestor.wb.client import WbClient
from ingestor.wb.times import moscow_day
from servicekit.db import Database
from sqlalchemy import text
from support.eventually import eventually
from support.ingesting import Ingestor, check_until_it_counts, connect_cabinet, disconnected, take
from support.outbox_rows import published
from support.ranges import ask
from support.rows import execute, rows
from wbsim.messages import Message
from wbsim.running import Wbsim
from wbsim.shop import Shop

ANSWER, QUESTIONS = "/api/v1/feedbacks/answer", "/api/v1/questions"
WORDS = "Спасибо, что написали"


@pytest.fixture
async def shop(ingestor: Ingestor, wb: Wbsim) -> Shop:
    """A connected cabinet of a shop with a past; its feedbacks and questions are read."""
    sid = await wb.seller(name="voices", history_orders=120, history_days=60)
    await connect_cabinet(ingestor, wb, sid=sid)
    for resource in ("feedbacks", "questions"):
        await ingestor.sync(resource)
    return wb.world.shops[sid]


@pytest.fixture
async def cabinet(ingestor: Ingestor, shop: Shop) -> UUID:
    [row] = await rows(ingestor.database, "SELECT cabinet_id FROM cabinets")
    return UUID(str(row["cabinet_id"]))


@pytest.fixture
def feedback(shop: Shop) -> Message:
    """One that nobody has answered."""
    return next(each for each in shop.feedbacks if not each.processed)


@pytest.fixture
def question(shop: Shop) -> Message:
    return next(each for each in shop.questions if not each.processed)


def answer(cabinet: UUID, key: str, words: str = WORDS, *, edits: bool = False) -> Event[Any]:
    data = ReviewAnswerRequestedV1(command_id=uuid4(), review_id=key, text=words, edits=edits, requested_by=1)
    return Event.new(data, cabinet_id=cabinet)


def treat(cabinet: UUID, key: str, *, rejects: bool = False) -> Event[Any]:
    data = QuestionAnswerRequestedV1(command_id=uuid4(), question_id=key, text=WORDS, rejects=rejects, requested_by=1)
    return Event.new(data, cabinet_id=cabinet)


async def command_row(database: Database) -> dict[str, Any]:
    [row] = await rows(database, "SELECT * FROM wb_commands ORDER BY asked_at DESC LIMIT 1")
    return dict(row)


async def until_it_ends(ingestor: Ingestor) -> dict[str, Any]:
    """Go on with the newest command, when it is due, until it has ended."""

    async def ended() -> bool:
        await ingestor.command()
        return (await command_row(ingestor.database))["due_at"] is None

    await eventually(ended)
    return await command_row(ingestor.database)


async def told(database: Database) -> list[tuple[str, str | None]]:
    """Each state that was told, and its code; their revisions count up."""
    events = [event.data for event in await published(database, "wb_command.changed.v1")]
    assert [data.revision for data in events] == list(range(1, len(events) + 1))
    return [(data.state, data.code) for data in events]


async def test_an_answer_is_sent_read_back_and_current_at_once(
    ingestor: Ingestor, cabinet: UUID, shop: Shop, feedback: Message
) -> None:
    database = ingestor.database
    asked = answer(cabinet, feedback.id)
    await take(database, asked)
    await take(database, asked.model_copy(update={"id": uuid4()}))
    ended = await until_it_ends(ingestor)
    assert (ended["state"], ended["attempts"], ended["code"]) == ("confirmed", 1, None)
    assert await told(database) == [("sent", None), ("confirmed", None)]
    assert [(write.id, write.text) for write in shop.answers.writes] == [(feedback.id, WORDS)]
    [row] = await rows(database, "SELECT answer_text, answer_state FROM feedbacks WHERE id = :id", id=feedback.id)
    assert (row["answer_text"], row["answer_state"]) == (WORDS, "wbRu")
    *_, event = await published(database, "feedbacks.updated.v1")
    assert [(each.id, each.change, each.answer_text) for each in event.data.feedbacks] == [
        (feedback.id, "changed", WORDS)
    ]
    changed = (await published(database, "wb_command.changed.v1"))[-1]
    assert (changed.causationid, changed.correlationid) == (asked.id, asked.correlationid)
    await take(database, answer(cabinet, feedback.id, "Спасибо!", edits=True))
    assert (await until_it_ends(ingestor))["state"] == "confirmed"
    assert feedback.row["answer"] == {"text": "Спасибо!", "state": "wbRu", "editable": False}


async def test_a_question_is_answered_and_another_rejected(
    ingestor: Ingestor, cabinet: UUID, shop: Shop, question: Message
) -> None:
    await take(ingestor.database, treat(cabinet, question.id))
    assert (await until_it_ends(ingestor))["state"] == "confirmed"
    other = next(each for each in shop.questions if not each.processed)
    await take(ingestor.database, treat(cabinet, other.id, rejects=True))
    assert (await until_it_ends(ingestor))["state"] == "confirmed"
    stored = await rows(ingestor.database, "SELECT id, state, answer_text FROM questions")
    states = {row["id"]: (row["state"], row["answer_text"]) for row in stored}
    assert (states[question.id], states[other.id]) == (("wbRu", WORDS), ("none", WORDS))


@pytest.mark.parametrize(("fault", "writes", "attempts"), [("unheard", 1, 1), ("timeout", 1, 2)])
async def test_what_wb_did_not_answer_is_settled_by_reading(
    ingestor: Ingestor,
    wb: Wbsim,
    cabinet: UUID,
    shop: Shop,
    feedback: Message,
    fault: str,
    writes: int,
    attempts: int,
) -> None:
    await wb.fault(ANSWER, fault, times=1, seconds=0)
    await take(ingestor.database, answer(cabinet, feedback.id))
    await ingestor.command()
    assert (await command_row(ingestor.database))["state"] == "unknown"
    ended = await until_it_ends(ingestor)
    assert (ended["state"], ended["attempts"], len(shop.answers.writes)) == ("confirmed", attempts, writes)
    assert (await told(ingestor.database))[0] == ("unknown", "unanswered")


@pytest.mark.parametrize("reached_wb", [True, False])
async def test_a_process_that_dies_while_it_sends_leaves_no_answer_twice(
    ingestor: Ingestor,
    cabinet: UUID,
    shop: Shop,
    feedback: Message,
    monkeypatch: pytest.MonkeyPatch,
    reached_wb: bool,
) -> None:
    real = WbClient.call

    async def die(self: WbClient, *arguments: Any, **named: Any) -> Any:
        if reached_wb:
            await real(self, *arguments, **named)
        raise asyncio.CancelledError

    await take(ingestor.database, answer(cabinet, feedback.id))
    with monkeypatch.context() as dying:
        dying.setattr(WbClient, "call", die)
        with pytest.raises(asyncio.CancelledError):
            await ingestor.command()
    assert (await command_row(ingestor.database))["state"] == "sending"
    ended = await until_it_ends(ingestor)
    assert (ended["state"], ended["attempts"]) == ("confirmed", 1 if reached_wb else 2)
    assert len(shop.answers.writes) == 1


async def test_one_that_dies_before_it_marks_has_sent_nothing(
    ingestor: Ingestor, cabinet: UUID, shop: Shop, feedback: Message
) -> None:
    await take(ingestor.database, answer(cabinet, feedback.id))
    [claimed] = await ingestor.parts.commands.claim(1)
    assert await ingestor.parts.commands.claim(1) == [], "it is leased"
    assert WORDS not in repr(claimed)
    async with ingestor.database.transaction() as connection:
        await connection.execute(text("UPDATE wb_commands SET lease_until = now() - interval '1 second'"))
    await ingestor.command()
    await ingestor.parts.commands.work(claimed)
    assert (await until_it_ends(ingestor))["state"] == "confirmed"
    assert len(shop.answers.writes) == 1, "who lost the lease sends nothing"


async def test_one_that_dies_before_it_stores_what_it_read_reads_again(
    ingestor: Ingestor, cabinet: UUID, shop: Shop, feedback: Message, monkeypatch: pytest.MonkeyPatch
) -> None:
    await take(ingestor.database, answer(cabinet, feedback.id))
    await ingestor.command()

    async def die(*_: Any, **__: Any) -> None:
        raise RuntimeError("the database went away")

    with monkeypatch.context() as dying:
        dying.setattr(journal, "take_step", die)
        await ingestor.command(now=True)
    assert (await command_row(ingestor.database))["state"] == "sent"
    [row] = await rows(ingestor.database, "SELECT answer_text FROM feedbacks WHERE id = :id", id=feedback.id)
    assert row["answer_text"] is None, "with the step, or not at all"
    assert (await until_it_ends(ingestor))["state"] == "confirmed"
    assert len(shop.answers.writes) == 1


async def test_wb_refuses_with_its_reason(
    ingestor: Ingestor, wb: Wbsim, cabinet: UUID, shop: Shop, question: Message, feedback: Message
) -> None:
    question.rewrite({"state": "wbRu", "answer": {"text": "Да", "editable": False}}, processed=True)
    await take(ingestor.database, treat(cabinet, question.id))
    ended = await until_it_ends(ingestor)
    assert (ended["code"], ended["reason"]) == ("refused", "Не удалось отредактировать вопрос")
    await take(ingestor.database, answer(cabinet, "no such feedback"))
    assert (await until_it_ends(ingestor))["code"] == "not_found"
    await wb.settings(answers_rejected_share=1)
    await take(ingestor.database, answer(cabinet, feedback.id))
    assert (await until_it_ends(ingestor))["code"] == "moderation"
    [row] = await rows(ingestor.database, "SELECT answer_state FROM feedbacks WHERE id = :id", id=feedback.id)
    assert row["answer_state"] == "rejected"
    assert len(shop.answers.writes) == 2


@pytest.mark.parametrize(
    ("fault", "code"),
    [
        ({"kind": "status", "status": 401}, "token_rejected"),
        ({"kind": "status", "status": 402}, "payment_required"),
        ({"kind": "status", "status": 403}, "scope_refused"),
        ({"kind": "switched_off"}, "switched_off"),
        ({"kind": "status", "status": 429, "seconds": 60}, None),
    ],
)
async def test_what_stands_in_the_way_is_waited_for(
    ingestor: Ingestor, wb: Wbsim, cabinet: UUID, shop: Shop, feedback: Message, fault: dict[str, Any], code: str | None
) -> None:
    await wb.fault(ANSWER, times=1, **fault)
    await take(ingestor.database, answer(cabinet, feedback.id))
    await ingestor.command()
    waits = await command_row(ingestor.database)
    assert (waits["state"], waits["attempts"]) == ("requested", 0)
    assert waits["code"] == code or code is None
    [row] = await rows(ingestor.database, "SELECT doubt FROM cabinets")
    assert row["doubt"] == (code if code in {"token_rejected", "payment_required"} else None)
    async with ingestor.database.transaction() as connection:
        await connection.execute(text("UPDATE wb_commands SET due_at = now()"))
    if code is None:
        return
    assert (await until_it_ends(ingestor))["state"] == "confirmed"
    assert len(shop.answers.writes) == 1


async def test_a_suspended_cabinet_sends_nothing_until_its_token_is_accepted_again(
    ingestor: Ingestor, wb: Wbsim, cabinet: UUID, shop: Shop, feedback: Message
) -> None:
    await wb.fault("/", "status", status=401)
    await take(ingestor.database, answer(cabinet, feedback.id))
    await ingestor.command()
    await check_until_it_counts(ingestor)
    assert await ingestor.command(now=True) == 0
    async with ingestor.database.transaction() as connection:
        await connection.execute(text("UPDATE wb_commands SET due_at = now() + interval '1 hour'"))
    await wb.clear_faults()
    async with ingestor.database.transaction() as connection:
        await connection.execute(text("UPDATE cabinets SET next_check_at = now()"))
    await ingestor.check()
    assert (await until_it_ends(ingestor))["state"] == "confirmed"
    assert len(shop.answers.writes) == 1


@pytest.mark.parametrize("refuses", ["the reading", "the cabinet"])
async def test_what_wb_never_lets_be_read_back_ends_and_says_so(
    ingestor: Ingestor, wb: Wbsim, cabinet: UUID, shop: Shop, feedback: Message, refuses: str
) -> None:
    await take(ingestor.database, answer(cabinet, feedback.id))
    await wb.fault(ANSWER, "unheard", times=1, seconds=0)
    await ingestor.command()
    if refuses == "the cabinet":
        await wb.fault("/", "status", status=401)
        await check_until_it_counts(ingestor)
    else:
        await wb.fault("/api/v1/feedback", "status", status=403)
    await ingestor.command(now=True)
    assert (await command_row(ingestor.database))["ended_at"] is None
    async with ingestor.database.transaction() as connection:
        await connection.execute(text("UPDATE wb_commands SET sending_at = sending_at - interval '8 days'"))
    await ingestor.command(now=True)
    ended = await command_row(ingestor.database)
    assert (ended["state"], ended["code"], ended["due_at"]) == ("unknown", "unresolved", None)
    assert (await told(ingestor.database))[-1] == ("unknown", "unresolved")
    assert await ingestor.command(now=True) == 0
    assert len(shop.answers.writes) == 1, "it is not sent again"


async def test_a_disconnected_cabinet_ends_its_commands(
    ingestor: Ingestor, cabinet: UUID, shop: Shop, feedback: Message
) -> None:
    await take(ingestor.database, answer(cabinet, feedback.id))
    [claimed] = await ingestor.parts.commands.claim(1)
    gone = disconnected(cabinet)
    await take(ingestor.database, gone)
    assert await told(ingestor.database) == [("cancelled", "disconnected")]
    await ingestor.parts.commands.work(claimed)
    await take(ingestor.database, answer(cabinet, feedback.id))
    assert await ingestor.command() == 0
    assert shop.answers.writes == []
    assert len(await rows(ingestor.database, "SELECT 1 FROM wb_commands")) == 1
    await purge(ingestor.database)
    assert await rows(ingestor.database, "SELECT 1 FROM wb_commands") == []


async def test_commands_go_before_syncs_of_their_budget(ingestor: Ingestor, cabinet: UUID, feedback: Message) -> None:
    await take(ingestor.database, answer(cabinet, feedback.id))
    async with ingestor.database.transaction() as connection:
        await connection.execute(text("UPDATE sync_state SET next_run_at = now()"))

    async def due() -> set[str]:
        leases = await ingestor.parts.engine.claim(100)
        async with ingestor.database.transaction() as connection:
            await connection.execute(text("UPDATE sync_state SET lease_token = NULL, lease_until = NULL"))
        return {lease.resource for lease in leases}

    held_back = {"feedbacks", "questions"}
    assert not held_back & await due()
    assert (await until_it_ends(ingestor))["state"] == "confirmed"
    assert held_back <= await due()


async def test_commands_go_before_ranges_of_their_budget(
    ingestor: Ingestor, cabinet: UUID, feedback: Message, asks: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(feedbacks, "MAX_PAGE_ROWS", 5)
    database, asked, today = ingestor.database, asks("feedbacks"), moscow_day(datetime.now(UTC))
    await execute(database, "UPDATE sync_state SET next_run_at = 'infinity'")
    for resource in ("feedbacks", "orders"):
        await ask(database, cabinet, resource, today - timedelta(days=60), today)
    [lease] = [each for each in await ingestor.parts.engine.claim(10) if each.resource == "feedbacks"]
    await take(database, answer(cabinet, feedback.id))
    await ingestor.parts.engine.run(lease)
    assert len(asked) == 1, "what is under way gives way after its page"
    await execute(database, "UPDATE sync_ranges SET lease_token = NULL, lease_until = NULL, next_run_at = now()")
    assert [each.resource for each in await ingestor.parts.engine.claim(10)] == ["orders"]
    assert (await until_it_ends(ingestor))["state"] == "confirmed"
    await execute(database, "UPDATE sync_ranges SET lease_token = NULL, lease_until = NULL")
    [lease] = [each for each in await ingestor.parts.engine.claim(10) if each.resource == "feedbacks"]
    await ingestor.parts.engine.run(lease)
    assert len(asked) > 2


async def test_what_was_sent_is_not_read_back_while_its_rows_are_synced(
    ingestor: Ingestor, cabinet: UUID, feedback: Message
) -> None:
    await take(ingestor.database, answer(cabinet, feedback.id))
    await ingestor.command()
    async with ingestor.database.transaction() as connection:
        await connection.execute(text("UPDATE wb_commands SET due_at = now() + interval '1 hour'"))
        await connection.execute(text("UPDATE sync_state SET next_run_at = now() WHERE resource = 'feedbacks'"))
    leases = await ingestor.parts.engine.claim(100)
    assert await ingestor.command(now=True) == 0
    for lease in leases:
        if lease.resource == "feedbacks":
            await ingestor.parts.engine.run(lease)
    assert (await until_it_ends(ingestor))["state"] == "confirmed"


class Recorder:
    """A logger that keeps what it is told."""

    def __init__(self) -> None:
        self.told: list[tuple[str, dict[str, Any]]] = []

    def info(self, event: str, **fields: Any) -> None:
        self.told.append((event, fields))


async def test_answers_and_questions_are_never_logged(
    ingestor: Ingestor, wb: Wbsim, cabinet: UUID, feedback: Message, monkeypatch: pytest.MonkeyPatch
) -> None:
    recorder = Recorder()
    monkeypatch.setattr(sender, "log", recorder)
    await wb.fault(ANSWER, "unheard", times=1, seconds=0)
    await take(ingestor.database, answer(cabinet, feedback.id))
    await until_it_ends(ingestor)
    assert {event for event, _ in recorder.told} == {"command.went_on"}
    assert WORDS not in str(recorder.told)
    assert feedback.id not in str(recorder.told)
