"""The rows of a page by their keys, and whether WB's bytes of them are the ones already stored."""

import re
import zlib
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import msgspec
import xxhash
from servicekit.sql_types import sql_types

from ingestor.resources.resource import BrokenRow, Key, Resource
from ingestor.sync.lenient import UNREADABLE, readable
from ingestor.sync.quarantine import Broken
from ingestor.sync.salvage import REPLACEMENT

_IS_NUL = re.compile(rb"(?<!\\)(?:\\\\)*\\u0000")


@dataclass(slots=True)
class KeyedRows:
    """The rows of a page that have a key, each key once: `rows[i]` has `keys[i]`, and bytes that hash to `digests[i]`.

    `repeated` rows had a key that another row of the page has too. `marks` are of every row with a key. `mended` are
    rows that could be read only otherwise than they came, by the bytes they came in; `odd` counts what was left out of
    them, by field.
    """

    rows: list[msgspec.Raw] = field(default_factory=list)
    keys: list[Key] = field(default_factory=list)
    digests: list[int] = field(default_factory=list)
    marks: list[Any] = field(default_factory=list)
    broken: list[Broken] = field(default_factory=list)
    repeated: int = 0
    mended: dict[bytes, msgspec.Raw] = field(default_factory=dict)
    odd: Counter[str] = field(default_factory=Counter)

    def mend(self, resource: Resource, raw: msgspec.Raw, observed_at: datetime) -> msgspec.Raw | None:
        """A row that could not be read, as it can be; none if it cannot: then it is `broken`."""
        try:
            better = readable(resource, raw, observed_at)
        except BrokenRow as error:
            self.broken.append(broken(raw, error))
            return None
        self.mended[bytes(raw)] = better.raw
        self.odd.update(better.odd)
        return better.raw

    def read(self, rows: Sequence[msgspec.Raw]) -> Sequence[msgspec.Raw]:
        """The rows of the page as they can be read, those that cannot as they came."""
        return [self.mended.get(bytes(raw), raw) for raw in rows] if self.mended else rows

    def as_sent(self) -> dict[bytes, bytes]:
        """The bytes in which mended rows came, by those they were mended to."""
        return {bytes(better): sent for sent, better in self.mended.items()}


def key_rows(
    resource: Resource, rows: Sequence[msgspec.Raw], observed_at: datetime, *, may_hold_nul: bool = True
) -> KeyedRows:
    """Find keys and hashes; of a key that is repeated the newest row counts, of equally new ones the last."""
    key_of = resource.storage.key_of or _by_parsing(resource, observed_at)
    seed = _seed(resource)
    types = sql_types(resource.storage.table)
    texts = [(name, place) for place, name in enumerate(resource.storage.keys) if types[name] == "TEXT"]
    keyed = KeyedRows()
    at: dict[Key, int] = {}
    for sent in rows:
        raw = sent
        try:
            if may_hold_nul and _IS_NUL.search(raw):
                raise BrokenRow("a text holds a NUL character, which PostgreSQL cannot keep")
            key, mark = key_of(raw)
        except UNREADABLE:
            better = keyed.mend(resource, sent, observed_at)
            if better is None:
                continue
            raw = better
            key, mark = key_of(raw)
        if spoilt := [name for name, place in texts if REPLACEMENT in key[place]]:
            keyed.broken.append(broken(sent, BrokenRow(f"{spoilt[0]} is spoilt, and tells the row from others")))
            continue
        keyed.marks.append(mark)
        # 63 bits of it: a signed bigint.
        digest = xxhash.xxh3_64_intdigest(raw, seed) >> 1
        known = at.get(key)
        if known is None:
            at[key] = len(keyed.rows)
            keyed.rows.append(raw)
            keyed.keys.append(key)
            keyed.digests.append(digest)
            continue
        keyed.repeated += 1
        if digest != keyed.digests[known] and _is_newer(resource, keyed, raw, known, observed_at):
            keyed.rows[known], keyed.digests[known] = raw, digest
    return keyed


def broken(raw: msgspec.Raw, error: Exception) -> Broken:
    """A row for the quarantine, with what was wrong with it."""
    return Broken(bytes(raw), f"{type(error).__name__}: {error}".replace("\x00", REPLACEMENT)[:500])


def _seed(resource: Resource) -> int:
    # Another set of columns is another reading of the same bytes.
    return zlib.crc32(" ".join((str(resource.storage.parser), *resource.storage.names)).encode())


def _by_parsing(resource: Resource, observed_at: datetime) -> Any:
    positions = [resource.storage.names.index(name) for name in resource.storage.keys]
    version = resource.storage.names.index(resource.storage.version) if resource.storage.version else None

    def key_of(raw: msgspec.Raw) -> tuple[Key, Any]:
        row = resource.storage.parse(raw, observed_at)
        return tuple([row[position] for position in positions]), None if version is None else row[version]

    return key_of


def _is_newer(resource: Resource, keyed: KeyedRows, raw: msgspec.Raw, known: int, observed_at: datetime) -> bool:
    """Whether the later of two rows of one key is the one to keep; one that cannot be read is `broken`, and is not."""
    if resource.storage.version is None:
        return True
    position = resource.storage.names.index(resource.storage.version)
    versions = []
    for row in (raw, keyed.rows[known]):
        try:
            versions.append(resource.storage.parse(row, observed_at)[position])
        except UNREADABLE:
            better = keyed.mend(resource, row, observed_at)
            if better is None:
                return row is not raw
            versions.append(resource.storage.parse(better, observed_at)[position])
    later, earlier = versions
    return earlier is None or (later is not None and later >= earlier)
