"""Rows of a page out of order or given twice, where WB promises nothing better."""

import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from random import Random
from typing import Any

from starlette.requests import Request

from wbsim.config import Behaviour
from wbsim.feed import Row

_POSITIONS = frozenset({"next", "offset", "rrdId", "skip", "trashedAt", "updatedAt"})


@dataclass(slots=True)
class Mischief:
    """Its own randomness, and the rows of each reader's last page that come again on the next one."""

    rng: Random
    _again: dict[tuple[str, str], list[Row]] = field(default_factory=dict)

    def misplaced(
        self, rows: Sequence[Row], behaviour: Behaviour, *, reader: tuple[str, str], ordered: bool, follows: bool
    ) -> Sequence[Row]:
        """The rows as the behaviour has them; `reader` is seller and path, `follows` that it reads on from a page."""
        if behaviour.repeated_share:
            rows = self._repeated(rows, behaviour.repeated_share, reader, follows=follows)
        if behaviour.shuffled and not ordered:
            return self.rng.sample(rows, len(rows))
        return rows

    def _repeated(self, rows: Sequence[Row], share: float, reader: tuple[str, str], *, follows: bool) -> Sequence[Row]:
        again = self._again.pop(reader, [])
        if not rows:
            return rows
        present = {row.key for row in rows}
        given = [row for row in again if follows and row.key not in present]
        for row in rows:
            given.append(row)
            if self.rng.random() >= share:
                continue
            if self.rng.random() < 0.5:
                given.append(row)
            else:
                self._again.setdefault(reader, []).append(row)
        return given


async def reads_on(request: Request) -> bool:
    """Whether a request names a place within a list: such pages may begin with rows of the page before."""
    if any(request.query_params.get(name, "0") not in {"", "0"} for name in _POSITIONS):
        return True
    try:
        return _names_place(json.loads(await request.body()))
    except ValueError:
        return False


def _names_place(body: Any) -> bool:
    if not isinstance(body, dict):
        return False
    return any(_names_place(value) or (name in _POSITIONS and bool(value)) for name, value in body.items())
