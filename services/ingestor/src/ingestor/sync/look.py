"""A first look at a page: what tells its rows apart, and whether WB's bytes of them are the ones already stored."""

import re
import zlib
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import msgspec
import xxhash

from ingestor.resources.resource import BrokenRow, Key, Resource
from ingestor.sync.quarantine import Broken

UNREADABLE = (msgspec.MsgspecError, ValueError, ArithmeticError, RecursionError)
"""What parsing one row may raise."""

NUL = b"\\u0000"
"""As JSON spells it."""

_IS_NUL = re.compile(rb"(?<!\\)(?:\\\\)*\\u0000")


@dataclass(slots=True)
class Looked:
    """The rows of a page that have a key, each key once: `rows[i]` has `keys[i]`, and bytes that hash to `digests[i]`.

    `repeated` rows had a key that another row of the page has too. `marks` are of every row with a key.
    """

    rows: list[msgspec.Raw] = field(default_factory=list)
    keys: list[Key] = field(default_factory=list)
    digests: list[int] = field(default_factory=list)
    marks: list[Any] = field(default_factory=list)
    broken: list[Broken] = field(default_factory=list)
    repeated: int = 0


def look(
    resource: Resource, rows: Sequence[msgspec.Raw], observed_at: datetime, *, may_hold_nul: bool = True
) -> Looked:
    """Find keys and hashes; of a key that is repeated the newest row counts, of equally new ones the last."""
    glance = resource.glance or _by_parsing(resource, observed_at)
    seed = _seed(resource)
    looked = Looked()
    at: dict[Key, int] = {}
    for raw in rows:
        try:
            if may_hold_nul and _IS_NUL.search(raw):
                raise BrokenRow("a text holds a NUL character, which PostgreSQL cannot keep")
            key, mark = glance(raw)
        except UNREADABLE as error:
            looked.broken.append(broken(raw, error))
            continue
        looked.marks.append(mark)
        # 63 bits of it: a signed bigint.
        digest = xxhash.xxh3_64_intdigest(raw, seed) >> 1
        known = at.get(key)
        if known is None:
            at[key] = len(looked.rows)
            looked.rows.append(raw)
            looked.keys.append(key)
            looked.digests.append(digest)
            continue
        looked.repeated += 1
        if digest != looked.digests[known] and _is_newer(resource, looked, raw, known, observed_at):
            looked.rows[known], looked.digests[known] = raw, digest
    return looked


def broken(raw: msgspec.Raw, error: Exception) -> Broken:
    """A row for the quarantine, with what was wrong with it."""
    return Broken(bytes(raw), f"{type(error).__name__}: {error}"[:500])


def _seed(resource: Resource) -> int:
    # Another set of columns is another reading of the same bytes.
    return zlib.crc32(" ".join((str(resource.parser), *resource.names)).encode())


def _by_parsing(resource: Resource, observed_at: datetime) -> Any:
    positions = [resource.names.index(name) for name in resource.keys]
    version = resource.names.index(resource.version) if resource.version else None

    def glance(raw: msgspec.Raw) -> tuple[Key, Any]:
        row = resource.parse(raw, observed_at)
        return tuple([row[position] for position in positions]), None if version is None else row[version]

    return glance


def _is_newer(resource: Resource, looked: Looked, raw: msgspec.Raw, known: int, observed_at: datetime) -> bool:
    """Whether the later of two rows of one key is the one to keep; one that cannot be read is `broken`, and is not."""
    if resource.version is None:
        return True
    position = resource.names.index(resource.version)
    versions = []
    for row in (raw, looked.rows[known]):
        try:
            versions.append(resource.parse(row, observed_at)[position])
        except UNREADABLE as error:
            looked.broken.append(broken(row, error))
            return row is not raw
    later, earlier = versions
    return earlier is None or (later is not None and later >= earlier)
