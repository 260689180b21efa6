"""Schemathesis' command against a running gateway."""

import asyncio
import json
import os
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from support.openapi import document

TESTS = Path(__file__).parents[1]
OFTEN = 0.7
"""How often a parameter that names something names what exists."""
FEW = 20
"""Examples of an operation, up to which each run tries the same."""


@dataclass(frozen=True)
class Found:
    """What a run came to."""

    exit_code: int
    output: str

    @property
    def summary(self) -> str:
        """How much was tried."""
        return self.output.partition(" SUMMARY ")[2]


def settings(
    url: str, key: str, things: Mapping[str, Sequence[str | int]], *, keys: Mapping[str, str], examples: int
) -> str:
    """The run as schemathesis.toml.

    `things`: values of parameters that exist, by their names; `keys`: of operations that are not called with the usual
    one, by what chooses them; `examples`: of each operation, in each phase that draws lots.
    """
    places = [(place, name) for place in ("path", "query", "body", "header") for name in things]
    return "\n".join(
        [
            'hooks = "support.fuzz_hooks"',
            f"base-url = {json.dumps(url)}",
            "continue-on-failure = true",
            "warnings = false",
            "[generation]",
            f"max-examples = {examples}",
            'database = "none"',
            f"deterministic = {json.dumps(examples <= FEW)}",
            "[checks.positive_data_acceptance]",
            'expected-statuses = ["2xx", 304, 401, 403, 404, 409, 410]',
            "[auth.openapi.bearer]",
            f"bearer = {json.dumps(key)}",
            *(f"[dictionaries.{name}]\nvalues = {json.dumps([*values])}" for name, values in things.items()),
            "[parameters]",
            *(f'"{place}.{name}" = {{ dictionary = "{name}", probability = {OFTEN} }}' for place, name in places),
            *(
                f'[[operations]]\n{chosen}\nheaders = {{ Authorization = "Bearer {other}" }}'
                for chosen, other in keys.items()
            ),
        ]
    )


async def run(folder: Path, config: str, *arguments: str) -> Found:
    """Try what the arguments choose of the document."""
    await asyncio.to_thread((folder / "schemathesis.toml").write_text, config)
    await asyncio.to_thread((folder / "openapi.json").write_text, json.dumps(document()))
    process = await asyncio.create_subprocess_exec(
        Path(sys.executable).with_name("schemathesis"),
        *("--no-color", "--config-file", "schemathesis.toml", "run", "openapi.json", *arguments),
        cwd=folder,
        env=os.environ | {"PYTHONPATH": str(TESTS)},
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
    )
    output, _ = await process.communicate()
    return Found(process.returncode or 0, output.decode())
