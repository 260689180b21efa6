"""The committed side of the contracts: schemas, golden examples and AsyncAPI, kept equal to the code.

A schema may be rewritten only compatibly, a golden example never.
"""

import hashlib
import json
from pathlib import Path
from typing import Any

from contracts.asyncapi import asyncapi_document
from contracts.compatibility import breaking_changes
from contracts.envelope import schema_path
from contracts.registry import EVENTS, UnreadableEvent, parse_event
from contracts.schemas import all_schemas

ASYNCAPI = "asyncapi/pulse.json"
EXAMPLES = "examples"
SUMS = "examples/SHA256SUMS"


def generate(folder: Path) -> list[str]:
    """Write schemas and AsyncAPI below `folder` unless that would break a released version; the problems."""
    problems = released_breaks(folder)
    if not problems:
        for path, content in _generated().items():
            target = folder / path
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_text(content)
    return problems


def check(folder: Path) -> list[str]:
    """Everything wrong with what is committed below `folder`: breaks, stale files, changed or missing examples."""
    return [*released_breaks(folder), *_stale(folder), *_example_problems(folder)]


def released_breaks(folder: Path) -> list[str]:
    """Breaking changes of the code against the released schemas below `folder`, and released types it dropped."""
    current = all_schemas()
    problems = []
    for path in sorted((folder / "schemas").glob("*.json")):
        released = json.loads(path.read_text())
        if path.stem not in current:
            problems.append(f"{path.stem}: a released type was removed; publish a new version beside it instead")
            continue
        problems += [
            f"{path.stem}: {change}; publish a new version beside it instead"
            for change in breaking_changes(released, current[path.stem])
        ]
    return problems


def _generated() -> dict[str, str]:
    files: dict[str, Any] = {schema_path(event_type): schema for event_type, schema in all_schemas().items()}
    files[ASYNCAPI] = asyncapi_document()
    return {path: json.dumps(content, indent=2, ensure_ascii=False) + "\n" for path, content in files.items()}


def _stale(folder: Path) -> list[str]:
    return [
        f"{path}: not what the code says; run make contracts"
        for path, content in _generated().items()
        if not (folder / path).is_file() or (folder / path).read_text() != content
    ]


def _example_problems(folder: Path) -> list[str]:
    problems = []
    examples = sorted((folder / EXAMPLES).glob("*.json"))
    covered = set()
    for path in examples:
        try:
            covered.add(parse_event(path.read_bytes()).type)
        except UnreadableEvent as error:
            problems.append(f"{EXAMPLES}/{path.name}: no longer readable: {error}")
    problems += [f"{EXAMPLES}: {event_type} has no golden example" for event_type in sorted(EVENTS.keys() - covered)]
    recorded = _sums(folder)
    for path in examples:
        if recorded.pop(path.name, None) != _digest(path):
            problems.append(
                f"{EXAMPLES}/{path.name}: changed or not recorded in {SUMS}; released examples stay as they are"
            )
    problems += [f"{EXAMPLES}/{name}: a released example was removed" for name in sorted(recorded)]
    return problems


def record_examples(folder: Path) -> list[str]:
    """Add the digests of new examples to the record; the names added. Recorded ones are not touched."""
    recorded = _sums(folder)
    new = [path for path in sorted((folder / EXAMPLES).glob("*.json")) if path.name not in recorded]
    recorded |= {path.name: _digest(path) for path in new}
    (folder / SUMS).write_text("".join(f"{digest}  {name}\n" for name, digest in sorted(recorded.items())))
    return [path.name for path in new]


def _sums(folder: Path) -> dict[str, str]:
    path = folder / SUMS
    lines = path.read_text().splitlines() if path.is_file() else []
    return {name: digest for digest, _, name in (line.partition("  ") for line in lines)}


def _digest(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()
