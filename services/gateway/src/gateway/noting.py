"""What commands say of what they do, for the audit's record of the request they are part of.

Who does it, what was asked and what came of it is known without them (`gateway.recording`). A command says which
cabinet it is about, what it was done to, and how that was before. Outside of a request nobody listens.
"""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from uuid import UUID


@dataclass
class Notes:
    """What was said so far in a request."""

    cabinet_id: UUID | None = None
    role: str | None = None
    telegram_id: int | None = None
    targets: dict[str, str] = field(default_factory=dict)
    before: dict[str, object] = field(default_factory=dict)
    after: dict[str, object] = field(default_factory=dict)
    is_forced: bool = False


_current: ContextVar[Notes | None] = ContextVar("notes", default=None)


@contextmanager
def listening(notes: Notes) -> Iterator[None]:
    """Within the block, what is said is added to these notes."""
    token = _current.set(notes)
    try:
        yield
    finally:
        _current.reset(token)


def about(cabinet_id: UUID, role: str | None) -> None:
    """The command is about this cabinet, whose member he is who asks."""
    if (notes := _current.get()) is not None:
        notes.cabinet_id, notes.role = cabinet_id, role


def by(telegram_id: int) -> None:
    """This user does it: for who shows no key."""
    if (notes := _current.get()) is not None:
        notes.telegram_id = telegram_id


def done_to(**ids: object) -> None:
    """Ids of what it is done to, beside those of the path."""
    if (notes := _current.get()) is not None:
        notes.targets.update({name: str(each) for name, each in ids.items()})


def changed(before: Mapping[str, object] | None = None, after: Mapping[str, object] | None = None) -> None:
    """How it was, and what came of it beside what was asked. Secrets are left out by their names."""
    if (notes := _current.get()) is not None:
        notes.before.update(before or {})
        notes.after.update(after or {})


def outside_the_database() -> None:
    """What follows the transaction is done elsewhere: it is recorded though nothing is written here."""
    if (notes := _current.get()) is not None:
        notes.is_forced = True
