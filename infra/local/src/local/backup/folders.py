"""How a folder of backups is laid out.

    <folder>/line-20261130T114000Z/          one life of a database: it ends when the database is restored
        wal/                                 every change since, as segments that PostgreSQL wrote
        20261130T114001Z/copy/               a whole copy: base.tar.gz, pg_wal.tar.gz, backup_manifest
                         about.json          when it was taken, and what it needs
                         secrets.json        passwords and keys, unless they were not wanted
                         broker.json         what the broker was told

A copy with the changes of its line since gives every moment after it. What is half made ends in `.draft`.
"""

import json
import re
import shutil
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from local.errors import LocalError

COPY, ABOUT, SECRETS, BROKER = "copy", "about.json", "secrets.json", "broker.json"
DRAFT = ".draft"
_STAMP = "%Y%m%dT%H%M%SZ"
_SEGMENT = re.compile(r"[0-9A-F]{24}(\.partial)?")
_TIMELINE, _LOG = 8, 16


@dataclass(frozen=True)
class Line:
    """One life of a database in a folder of backups; `slot` is what its server calls it."""

    folder: Path

    @property
    def wal(self) -> Path:
        return self.folder / "wal"

    @property
    def slot(self) -> str:
        """The replication slot that keeps what is not archived yet. No copy has it: a restored server begins a line."""
        return f"pulse_{self.folder.name.removeprefix('line-').lower()}"

    def segments(self) -> list[str]:
        """The names of the archived segments in order, the one that is being written last, as `.partial`."""
        found = self.wal.iterdir() if self.wal.exists() else ()
        return sorted(path.name for path in found if _SEGMENT.fullmatch(path.name))


@dataclass(frozen=True)
class Base:
    """A whole copy. It can be restored from `finished_at` on; `begins_with` is the first segment that it needs."""

    folder: Path
    finished_at: datetime
    begins_with: str
    segment_bytes: int
    server_version: str
    bytes: int

    @property
    def line(self) -> Line:
        return Line(self.folder.parent)


def now() -> datetime:
    """The time by this machine, in whole seconds."""
    return datetime.now(UTC).replace(microsecond=0)


def stamp(moment: datetime) -> str:
    return moment.astimezone(UTC).strftime(_STAMP)


def new_line(folder: Path) -> Line:
    """A line that begins now, its folders made."""
    line = Line(folder / f"line-{stamp(now())}")
    line.wal.mkdir(parents=True, mode=0o700)
    return line


def lines(folder: Path) -> list[Line]:
    """Every line, the oldest first."""
    return [Line(each) for each in sorted(folder.glob("line-*")) if each.is_dir()]


def bases(folder: Path) -> list[Base]:
    """Every finished copy in a folder of backups, the oldest first; of a folder that is a copy itself, that one."""
    found = [folder / ABOUT] if (folder / ABOUT).exists() else folder.glob(f"line-*/*/{ABOUT}")
    return sorted((_read(each) for each in found if each.parent.suffix != DRAFT), key=lambda base: base.finished_at)


def describe(base: Base) -> None:
    """Write what is known of a copy beside it."""
    told = {
        "finished_at": base.finished_at.isoformat(),
        "begins_with": base.begins_with,
        "segment_bytes": base.segment_bytes,
        "server_version": base.server_version,
        "bytes": base.bytes,
    }
    (base.folder / ABOUT).write_text(json.dumps(told, indent=1))


def first_segment(folder: Path, segment_bytes: int) -> str:
    """The segment in which a copy begins, as its manifest says."""
    begin = json.loads((folder / COPY / "backup_manifest").read_text())["WAL-Ranges"][0]
    high, low = (int(part, 16) for part in begin["Start-LSN"].split("/"))
    return f"{begin['Timeline']:08X}{high:08X}{low // segment_bytes:08X}"


def needed(base: Base) -> list[str]:
    """The archived segments that follow a copy, without a gap.

    Raises:
        LocalError: one of them is missing. What follows a gap is of no use.
    """
    found = [name for name in base.line.segments() if name[:24] >= base.begins_with]
    for place, name in enumerate(found, _place(base.begins_with, base)):
        if _place(name, base) != place:
            raise LocalError(
                f"{base.line.wal} lacks what lies before {name}: take a copy that is newer, or an AT before"
            )
    return found


def _place(segment: str, base: Base) -> int:
    return int(segment[_TIMELINE:_LOG], 16) * (2**32 // base.segment_bytes) + int(segment[_LOG:24], 16)


def prune(folder: Path, keep: int) -> list[Path]:
    """Delete all but the newest `keep` copies, what was half made, and the changes that no copy needs; what went."""
    gone: list[Path] = [*folder.glob(f"line-*/*{DRAFT}"), *(base.folder for base in bases(folder)[:-keep])]
    for each in gone:
        shutil.rmtree(each)
    left = bases(folder)
    for line in lines(folder)[:-1]:
        if all(base.line != line for base in left):
            shutil.rmtree(line.folder)
            gone.append(line.folder)
    for line in lines(folder):
        gone += _prune_segments(line, [base for base in left if base.line == line])
    return gone


def _prune_segments(line: Line, of_line: Sequence[Base]) -> list[Path]:
    if not of_line:
        return []
    oldest = min(base.begins_with for base in of_line)
    gone = [line.wal / name for name in line.segments() if name[:24] < oldest]
    for each in gone:
        each.unlink()
    return gone


def _read(about: Path) -> Base:
    try:
        told = json.loads(about.read_text())
        return Base(
            about.parent,
            datetime.fromisoformat(told["finished_at"]),
            told["begins_with"],
            told["segment_bytes"],
            told["server_version"],
            told["bytes"],
        )
    except (ValueError, KeyError, OSError) as error:
        raise LocalError(f"{about} cannot be read: {type(error).__name__}: {error}") from error
