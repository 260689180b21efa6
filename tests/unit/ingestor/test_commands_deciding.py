"""What follows from WB's answers to a command: whatever goes wrong, at WB it takes effect once at most."""

from dataclasses import dataclass, field, replace
from typing import Any

import httpx
import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from ingestor.commands import deciding
from ingestor.commands.deciding import Progress, Step
from ingestor.commands.kinds import KINDS, Found, Shown
from ingestor.wb.errors import (
    BadRequest,
    MethodSwitchedOff,
    MustWait,
    PaymentRequired,
    RateLimited,
    ScopeRefused,
    TokenRejected,
    Unavailable,
)


def unreachable() -> Unavailable:
    error = Unavailable("answer-feedback: ConnectError")
    error.__cause__ = httpx.ConnectError("refused")
    return error


@dataclass
class World:
    """WB, and the journal of one command; `now` in seconds. What is written shows `lag` after it came about."""

    lag: float
    now: float = 0
    sent_at: float = 0
    effects: tuple[float, ...] = ()
    requests: int = 0
    progress: Progress = field(default_factory=lambda: Progress("requested"))

    def send(self, outcome: str, delay: float) -> Exception | None:
        """A request: what the sender is answered, and when it takes effect."""
        self.sent_at = self.now
        if outcome in {"answered", "unheard", "killed"}:
            self.effects += (self.now + delay,)
        self.requests += 1
        return {
            "answered": None,
            "unheard": Unavailable("answer-feedback: ReadTimeout"),
            "lost": Unavailable("500: internal error"),
            "unreachable": unreachable(),
            "limited": RateLimited("429: limited", 3),
            "kept_back": MustWait("no call", 700),
            "refused": BadRequest("400: text"),
            "unpaid": PaymentRequired("402: balance"),
        }.get(outcome, Unavailable(""))

    def read(self) -> Found:
        return Found.DONE if any(at + self.lag <= self.now for at in self.effects) else Found.NOT_DONE

    def go_on(self, step: Step, *, sent: bool = False, read: bool = False) -> None:
        """Store a step, and wait until the next is due."""
        self.now += step.wait_seconds or 0
        self.progress = replace(
            self.progress,
            state=step.state,
            code=step.code,
            attempts=self.progress.attempts + sent,
            readings=0 if sent else self.progress.readings + read,
            absences=step.absences,
            failures=self.progress.failures + 1 if step.failed else 0,
            refusals=self.progress.refusals + 1 if step.refused else 0,
            asked_seconds=self.now,
            sending_seconds=self.now - self.sent_at,
        )


OUTCOMES = st.sampled_from(
    ["answered", "unheard", "lost", "killed", "died_before", "unreachable", "limited", "kept_back", "refused", "unpaid"]
)


@settings(deadline=None, max_examples=300)
@given(
    st.lists(st.tuples(OUTCOMES, st.floats(0, deciding.SEND_SECONDS)), max_size=8),
    st.lists(st.sampled_from(["shown", "down", "limited"]), max_size=12),
    st.floats(0, 100),
)
def test_whatever_happens_it_takes_effect_once_at_most_and_the_journal_is_right(
    sendings: list[tuple[str, float]], readings: list[str], lag: float
) -> None:
    world, refused = World(lag), False
    while world.progress.state not in {"confirmed", "refused"}:
        before = deciding.before_sending(world.progress)
        if before is not None:
            world.go_on(before)
        elif world.progress.state == "requested":
            outcome, delay = sendings.pop(0) if sendings else ("answered", 0.0)
            error = None if outcome == "died_before" else world.send(outcome, delay)
            world.sent_at = world.now
            if outcome in {"killed", "died_before"}:
                # Found later as it was when its process died.
                world.progress = replace(world.progress, state="sending", attempts=world.progress.attempts + 1)
                continue
            step = deciding.accepted() if error is None else deciding.not_sent_for(world.progress, error, rate=1)
            refused = refused or outcome == "refused"
            world.go_on(step, sent=True)
        else:
            how = readings.pop(0) if readings else "shown"
            if how == "shown":
                world.go_on(deciding.found(world.progress, world.read(), rate=1), read=True)
            else:
                error = Unavailable("503: down", 30) if how == "down" else RateLimited("429: limited", 5)
                world.go_on(deciding.not_read_for(world.progress, error, rate=1))
    assert len(world.effects) == (0 if refused or world.progress.code == "too_late" else 1)
    assert (world.progress.state == "confirmed") == bool(world.effects)


@pytest.mark.parametrize("what", [Found.NOT_DONE, Found.OTHERWISE, Found.NO_SUBJECT])
def test_what_may_still_come_about_is_not_held_against_a_reading(what: Found) -> None:
    early = Progress("unknown", sending_seconds=deciding.SETTLE_SECONDS - 1, absences=1)
    step = deciding.found(early, what, rate=1)
    assert (step.state, step.absences) == ("unknown", 0)
    first = deciding.found(replace(early, sending_seconds=deciding.SETTLE_SECONDS, absences=0), what, rate=1)
    assert (first.state, first.absences, first.wait_seconds) == ("unknown", 1, deciding.SECOND_LOOK_SECONDS)
    second = deciding.found(replace(early, sending_seconds=deciding.SETTLE_SECONDS + 60, absences=1), what, rate=1)
    ends = {
        Found.NOT_DONE: ("requested", None),
        Found.OTHERWISE: ("refused", "answered_otherwise"),
        Found.NO_SUBJECT: ("refused", "not_found"),
    }
    assert (second.state, second.code) == ends[what]


@pytest.mark.parametrize(("what", "code"), [(Found.NOT_DONE, "not_shown"), (Found.OTHERWISE, "answered_otherwise")])
def test_what_was_accepted_is_never_sent_again(what: Found, code: str) -> None:
    sent = Progress("sent", sending_seconds=3600, absences=5, readings=20)
    waits = deciding.found(sent, what, rate=1)
    assert (waits.state, waits.code, waits.wait_seconds) == ("sent", None, 3600)
    given_up = deciding.found(replace(sent, sending_seconds=90_000), what, rate=1)
    assert (given_up.state, given_up.code) == ("refused", code)


@pytest.mark.parametrize(
    ("error", "code", "wait"),
    [
        (TokenRejected("401: token is withdrawn"), "token_rejected", 180),
        (PaymentRequired("402: balance"), "payment_required", 180),
        (ScopeRefused("403: token is read only"), "scope_refused", 180),
        (MethodSwitchedOff("404: This method is temporarily disabled"), "switched_off", 180),
        (MustWait("no call", 720), "limit", 720),
        (RateLimited("429: slow down", 5), None, 5),
    ],
)
def test_what_stands_in_the_way_is_waited_for_and_told(error: Exception, code: str | None, wait: float) -> None:
    step = deciding.not_sent_for(Progress("requested", attempts=1), error, rate=1)
    assert (step.state, step.code, step.wait_seconds, step.unsent) == ("requested", code, wait, True)
    read = deciding.not_read_for(Progress("unknown", code="unanswered"), error, rate=1)
    assert (read.state, read.wait_seconds, read.unsent) == ("unknown", wait, False)


def test_a_refusal_that_lasts_is_asked_about_ever_more_rarely() -> None:
    lasting = Progress("requested", refusals=9, refused_seconds=5 * 3600)
    assert deciding.not_sent_for(lasting, ScopeRefused("403: no"), rate=1).wait_seconds == 5 * 3600


def test_what_is_not_sent_for_a_week_is_not_wanted() -> None:
    step = deciding.before_sending(Progress("requested", asked_seconds=8 * 86_400))
    assert step is not None
    assert (step.state, step.code) == ("refused", "too_late")
    assert deciding.before_sending(Progress("unknown", asked_seconds=8 * 86_400)) is None


WEEK = 7 * 86_400


@pytest.mark.parametrize(("state", "known"), [("unknown", "whether it was done is not known"), ("sent", "accepted")])
@pytest.mark.parametrize("error", [ScopeRefused("403: no"), Unavailable("503: down"), RateLimited("429: no", 9)])
def test_what_cannot_be_read_back_for_a_week_ends_as_it_stands_and_says_so(
    state: deciding.State, known: str, error: Exception
) -> None:
    waits = deciding.not_read_for(Progress(state, sending_seconds=WEEK - 1), error, rate=1)
    assert (waits.state, waits.code == "unresolved", waits.wait_seconds is None) == (state, False, False)
    ends = deciding.not_read_for(Progress(state, sending_seconds=WEEK + 1), error, rate=1)
    assert (ends.state, ends.code, ends.wait_seconds) == (state, "unresolved", None)
    assert known in (ends.reason or "")


def test_a_reading_that_was_not_made_ends_nothing() -> None:
    step = deciding.not_read_for(Progress("unknown", sending_seconds=WEEK + 1), MustWait("no call", 720), rate=1)
    assert (step.state, step.wait_seconds) == ("unknown", 720)


@pytest.mark.parametrize(
    ("is_let_in", "seconds", "ends"), [(True, WEEK + 1, False), (False, WEEK - 1, False), (False, WEEK + 1, True)]
)
def test_who_is_not_let_in_is_not_waited_for_longer(is_let_in: bool, seconds: float, ends: bool) -> None:
    step = deciding.before_sending(Progress("unknown", is_let_in=is_let_in, sending_seconds=seconds))
    assert (step is not None) == ends
    assert step is None or (step.code, step.wait_seconds) == ("unresolved", None)


def test_reasons_are_what_wb_said() -> None:
    step = deciding.not_sent_for(Progress("requested"), BadRequest("422: Не удалось отредактировать вопрос"), rate=1)
    assert (step.state, step.code, step.reason) == ("refused", "refused", "Не удалось отредактировать вопрос")


ANSWER = {"text": "Да,  спасибо\n", "state": "wbRu", "editable": True}


@pytest.mark.parametrize(
    ("kind", "answer", "state", "found"),
    [
        ("review_answer", None, "none", Found.NOT_DONE),
        ("review_answer", {"text": ""}, "none", Found.NOT_DONE),
        ("review_answer", ANSWER, "wbRu", Found.DONE),
        ("review_answer", {**ANSWER, "state": "reviewRequired"}, "none", Found.DONE),
        ("review_answer", {**ANSWER, "state": "rejected"}, "none", Found.TURNED_DOWN),
        ("review_answer", {**ANSWER, "text": "Нет", "state": "rejected"}, "none", Found.NOT_DONE),
        ("review_answer", {**ANSWER, "text": "Нет"}, "wbRu", Found.OTHERWISE),
        ("review_answer_edit", ANSWER, "wbRu", Found.DONE),
        ("review_answer_edit", {**ANSWER, "state": "rejected"}, "wbRu", Found.TURNED_DOWN),
        ("review_answer_edit", {**ANSWER, "text": "Нет"}, "wbRu", Found.NOT_DONE),
        ("review_answer_edit", {**ANSWER, "text": "Нет", "editable": False}, "wbRu", Found.OTHERWISE),
        ("review_answer_edit", None, "none", Found.OTHERWISE),
        ("question_answer", None, "suppliersPortalSynch", Found.NOT_DONE),
        ("question_answer", ANSWER, "wbRu", Found.DONE),
        ("question_answer", {"text": "Нет"}, "wbRu", Found.OTHERWISE),
        ("question_answer", ANSWER, "none", Found.OTHERWISE),
        ("question_reject", ANSWER, "none", Found.DONE),
        ("question_reject", None, "suppliersPortalSynch", Found.NOT_DONE),
        ("question_reject", {"text": "Нет"}, "wbRu", Found.OTHERWISE),
    ],
)
def test_a_row_shows_whether_a_text_was_written(kind: str, answer: Any, state: str, found: Found) -> None:
    shown = msgspec.convert({"id": "x", "state": state, "answer": answer}, Shown)
    assert KINDS[kind].found(shown, "Да, спасибо") is found


def test_syncs_of_the_same_budget_are_held_back() -> None:
    assert {tuple(sorted(kind.holds_back)) for kind in KINDS.values()} == {("feedbacks", "questions")}
