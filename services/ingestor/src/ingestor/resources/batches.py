"""Calls about some of many things (ids, days): how many at once, and which of them WB refuses to be asked about.

WB refuses a whole call for one id that it does not know any more. Then the sync engine says in the position how many
are to be asked about at once (`AT_MOST`), and notes in `refused_subjects` what is refused by itself.
"""

from ingestor.resources.resource import Position

AT_MOST = "at_most"
"""In a position: WB refuses to be asked about more at once."""

ASKABLE = """NOT EXISTS (
    SELECT 1 FROM refused_subjects AS refused
    WHERE refused.cabinet_id = :cabinet_id AND refused.resource = :resource AND refused.subject = CAST({} AS text)
        AND refused.ask_again_at > now()
)"""
"""SQL that a column names nothing that WB refuses to be asked about for now."""


def size(position: Position, usual: int) -> int:
    """How many to ask about at once, `usual` ones at most."""
    return min(usual, position.get(AT_MOST) or usual)


def ids(position: Position, usual: int) -> list[int]:
    """The ids of the next call, `usual` ones at most."""
    found: list[int] = position["ids"][: size(position, usual)]
    return found
