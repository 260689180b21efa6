"""Full re-reads by offset, for methods that have no cursor: every row each time, so that absent ones are gone.

Rows may come and go between two pages of one re-read, and what was at an offset then stands elsewhere. So each page
begins with the last row of the page before: if none of its rows was read before, some were skipped, and the
re-read cannot tell what is gone.
"""

from ingestor.resources.resource import Position, Seen, Start, Step


def begin(cursor: Position | None, start: Start, *, page_rows: int) -> Position:
    """From the first row, or from where an interrupted re-read stopped."""
    return dict(cursor) if cursor else {"offset": 0, "limit": max(2, min(page_rows, start.page_rows)), "complete": True}


def advance(position: Position, seen: Seen, *, size: int | None = None) -> Step:
    """On by a page, less one row, until one is not full, or has nothing that was not read before.

    `size` is the number of rows WB counts as the page, where one of its rows is several of ours.
    """
    size = seen.size if size is None else size
    joins = position["offset"] == 0 or seen.repeated > 0
    complete = position["complete"] and not seen.broken and joins
    if size < position["limit"]:
        return Step({}, done=True, whole=complete)
    if position["offset"] and seen.repeated == seen.distinct:
        # WB takes no notice of the offset: it would never end.
        return Step({}, done=True)
    return Step({**position, "offset": position["offset"] + size - 1, "complete": complete}, done=False)
