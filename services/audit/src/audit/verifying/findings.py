"""What can be wrong with a chain, and where."""

from dataclasses import dataclass
from enum import StrEnum
from uuid import UUID


class Kind(StrEnum):
    """What was done to it."""

    EDITED = "edited"
    """A record is not what its hash says."""
    SWAPPED = "swapped"
    """Records stand in one another's places."""
    MISSING = "missing"
    """Records before this one are gone."""
    INSERTED = "inserted"
    """A record hangs on none of those before it."""
    CUT = "cut"
    """The end of a chain is gone."""
    REWRITTEN = "rewritten"
    """A chain hangs together and is not the one that was there before."""
    PERSONAL_EDITED = "personal_edited"
    """Personal data are not those that the chain has a commitment to."""
    HEAD = "head"
    """A head was changed, is missing, or was signed by another."""


@dataclass(frozen=True)
class Finding:
    """Something that is wrong."""

    kind: Kind
    tenant: UUID | None
    seq: int | None
    """The first record that it concerns; of heads their number."""
    detail: str
