"""What follows from WB's answer to a command: nothing is sent again but what a reading proved to have had no effect.

An answer that does not come says nothing: the request may be carried out still. So a reading proves that it was not
only when it is made long enough after the sending, and when a second one says so too.
"""

from dataclasses import dataclass
from datetime import timedelta
from itertools import chain, repeat
from typing import Literal

import httpx
from contracts.wb_commands import UNRESOLVED, WbCommandState

from ingestor.backoff import backoff_seconds
from ingestor.commands.kinds import Found
from ingestor.refusals import ALL_REASONS, RefusalReason, Streak
from ingestor.wb.errors import BadRequest, MustWait

State = WbCommandState | Literal["sending"]
"""As it is told, and `sending` from just before a request is sent until it is known what came of it."""

SEND_SECONDS = 60.0
"""How long a request may take; its answer is waited for no longer."""
SETTLE_SECONDS = 180.0
"""What WB has not shown so long after a sending began it will not show: longer than a request takes."""
SECOND_LOOK_SECONDS = 60.0
"""Between the two readings that prove it."""
WITNESSES = 2
SHOW_WITHIN = timedelta(days=1)
"""WB shows by then what it accepted, or not at all."""
SEND_WITHIN = timedelta(days=7)
"""What could not be sent by then is not wanted any more."""
READ_WITHIN = timedelta(days=7)
"""What WB does not let be read back so long after its sending stays as it is, for good."""
LONGEST_RESEND_SECONDS = 3600.0
"""How long what had no effect waits to be sent again, at most."""
TOLD_FROM_SECONDS = 60.0
"""A wait for WB's limits that is longer is told."""

_READING_WAITS = (2.0, 5.0, 15.0, 60.0, 300.0, 900.0)
_LAST_READING_WAIT = 3600.0

_UNANSWERED = ("unanswered", "whether Wildberries has done it is not known yet")
_NOTHING_SENT = (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout)


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a command has come, when it is claimed.

    It was sent `attempts` times, the last time `sending_seconds` ago, and has been read back `readings` times since, of
    which `absences` in a row prove that it had no effect. WB refused it `refusals` times in a row for a reason of the
    token's or the method's, first `refused_seconds` ago; `is_vouched_for`: it accepted the token since. `is_let_in`: WB
    accepts the cabinet, as far as is known.
    """

    state: State
    code: str | None = None
    reason: str | None = None
    attempts: int = 0
    readings: int = 0
    absences: int = 0
    failures: int = 0
    refusals: int = 0
    refused_seconds: float = 0
    is_vouched_for: bool = False
    is_let_in: bool = True
    asked_seconds: float = 0
    sending_seconds: float = 0


@dataclass(frozen=True, slots=True)
class Step:
    """What becomes of a command: its state from now on, when it is gone on with (null: never), and why it waits or
    ended, by a code and in words.

    `refused` is for what WB refused it, as it does syncs; `failed`: WB could not say; `unsent`: its request did not
    leave, or was turned away at the door.
    """

    state: State
    wait_seconds: float | None
    code: str | None = None
    reason: str | None = None
    absences: int = 0
    failed: bool = False
    refused: RefusalReason | None = None
    unsent: bool = False


def before_sending(progress: Progress) -> Step | None:
    """What keeps a command from being gone on with as it is."""
    if progress.state == "sending":
        return Step("unknown", _READING_WAITS[0], *_UNANSWERED)
    if progress.state == "requested" and progress.asked_seconds > SEND_WITHIN.total_seconds():
        return Step("refused", None, "too_late", f"it could not be sent within {SEND_WITHIN.days} days")
    if progress.state in {"sent", "unknown"} and not progress.is_let_in and _is_past_reading(progress):
        return _unresolved(progress)
    return None


def accepted() -> Step:
    """WB took it; whether it has an effect is to be read."""
    return Step("sent", _READING_WAITS[0])


def flagged(said: str) -> Step:
    """WB says that it is an error, with a status of success."""
    return Step("refused", None, "refused", said)


def not_sent_for(progress: Progress, error: Exception, *, rate: float) -> Step:
    """A request that was refused, kept back, or left without an answer."""
    if type(error) in ALL_REASONS or isinstance(error, MustWait):
        return _held_up(progress, error, "requested", rate=rate)
    if isinstance(error, BadRequest):
        return flagged(_words_of(error))
    if isinstance(error.__cause__, _NOTHING_SENT):
        wait = backoff_seconds(progress.failures + 1)
        return Step("requested", wait, "unavailable", "Wildberries cannot be reached", failed=True, unsent=True)
    return Step("unknown", _READING_WAITS[1], *_UNANSWERED)


def not_read_for(progress: Progress, error: Exception, *, rate: float) -> Step:
    """A reading that gave nothing: what was known before still is, and after a week of that nothing else will be."""
    if _is_past_reading(progress) and type(error) is not MustWait:
        return _unresolved(progress)
    if type(error) in ALL_REASONS or isinstance(error, MustWait):
        return _held_up(progress, error, progress.state, rate=rate)
    wait = max(backoff_seconds(progress.failures + 1), getattr(error, "seconds", 0))
    return Step(progress.state, wait, progress.code, _words_of(error), progress.absences, failed=True)


def found(progress: Progress, what: Found, *, rate: float) -> Step:
    """A reading that shows what became of a command that is `sent` or `unknown`."""
    if what is Found.DONE:
        return Step("confirmed", None)
    if what is Found.TURNED_DOWN:
        return Step("refused", None, "moderation", "Wildberries turned the text down")
    left = SETTLE_SECONDS - progress.sending_seconds * rate
    if left > 0:
        wait = _reading_wait(progress)
        return _look_again(progress, wait if progress.state == "sent" else max(wait, left), absences=0)
    absences = progress.absences + 1
    if absences < WITNESSES:
        return _look_again(progress, SECOND_LOOK_SECONDS, absences=absences)
    if what is Found.NO_SUBJECT:
        return Step("refused", None, "not_found", "Wildberries has nothing with this id")
    if progress.state == "unknown":
        wait = backoff_seconds(progress.attempts, longest=LONGEST_RESEND_SECONDS)
        return Step("requested", wait) if what is Found.NOT_DONE else _otherwise()
    if progress.sending_seconds * rate <= SHOW_WITHIN.total_seconds():
        return _look_again(progress, _reading_wait(progress), absences=absences)
    if what is Found.OTHERWISE:
        return _otherwise()
    return Step("refused", None, "not_shown", "Wildberries accepted it, and does not show it")


def _otherwise() -> Step:
    return Step("refused", None, "answered_otherwise", "something else stands at Wildberries in its place")


def _look_again(progress: Progress, wait_seconds: float, *, absences: int) -> Step:
    code, reason = _UNANSWERED if progress.state == "unknown" else (None, None)
    return Step(progress.state, wait_seconds, code, reason, absences)


def _is_past_reading(progress: Progress) -> bool:
    return progress.sending_seconds > READ_WITHIN.total_seconds()


def _unresolved(progress: Progress) -> Step:
    """It ends as it stands: to send it again would be a guess."""
    what = f"Wildberries did not let it be read back within {READ_WITHIN.days} days"
    known = "it was accepted" if progress.state == "sent" else "whether it was done is not known"
    return Step(progress.state, None, UNRESOLVED, f"{what}; {known}")


def _reading_wait(progress: Progress) -> float:
    waits = chain(_READING_WAITS, repeat(_LAST_READING_WAIT))
    return next(wait for number, wait in enumerate(waits) if number > progress.readings)


def _held_up(progress: Progress, error: Exception, state: State, *, rate: float) -> Step:
    """Neither sent nor read: the limits or the token stand in the way, as in that of syncs."""
    unsent = state == "requested"
    reason = ALL_REASONS.get(type(error))
    if reason is None:
        # Told in real seconds, however fast WB's limits are.
        seconds = getattr(error, "seconds", 0.0) * rate
        if unsent and seconds >= TOLD_FROM_SECONDS:
            return Step(state, seconds, "limit", "Wildberries' limits leave no call until then", unsent=True)
        return Step(state, seconds, progress.code, progress.reason, progress.absences, unsent=unsent)
    streak = Streak(reason, progress.refusals + 1, timedelta(seconds=progress.refused_seconds) * rate)
    wait = streak.wait(suspended=streak.counts).total_seconds()
    return Step(state, wait, reason, _words_of(error), progress.absences, refused=reason, unsent=unsent)


def _words_of(error: Exception) -> str:
    """What WB said, without the status before it."""
    said = str(error)
    status, _, words = said.partition(": ")
    return words if status.isdigit() and words else said
