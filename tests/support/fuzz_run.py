"""Schemathesis' command against a running gateway."""

import asyncio
import json
import os
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from gateway.answers.pipeline import PREFIX

from support.fuzz_hooks import KEPT
from support.fuzzed_shop import FuzzedShop
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


def settings(shop: FuzzedShop, *, examples: int) -> str:
    """The run as schemathesis.toml; `examples`: of each operation, in each phase that draws lots."""
    dictionaries = {**shop.things, **{f"record-of-{name}": ids for name, ids in shop.records.items()}}
    bound = [(f"{place}.{name}", name) for place in ("path", "query", "body", "header") for name in shop.things]
    return "\n".join(
        [
            'hooks = "support.fuzz_hooks"',
            f"base-url = {json.dumps(shop.url)}",
            "continue-on-failure = true",
            "warnings = false",
            "[generation]",
            f"max-examples = {examples}",
            'database = "none"',
            f"deterministic = {json.dumps(examples <= FEW)}",
            "[checks.positive_data_acceptance]",
            'expected-statuses = ["2xx", 304, 401, 403, 404, 409, 410]',
            "[auth.openapi.bearer]",
            f"bearer = {json.dumps(shop.caller.key)}",
            *(f"[dictionaries.{name}]\nvalues = {json.dumps([*values])}" for name, values in dictionaries.items()),
            "[parameters]",
            *(_binding(parameter, name) for parameter, name in bound),
            '[[operations]]\ninclude-operation-id = "disconnect_cabinet"',
            f'headers = {{ Authorization = "Bearer {shop.other.key}" }}',
            *(
                f'[[operations]]\ninclude-path = "{PREFIX}admin/{name}/{{record_id}}"\n[operations.parameters]\n'
                + _binding("path.record_id", f"record-of-{name}")
                for name in shop.records
            ),
        ]
    )


def _binding(parameter: str, dictionary: str) -> str:
    return f'"{parameter}" = {{ dictionary = "{dictionary}", probability = {OFTEN} }}'


async def run(folder: Path, config: str, kept: Sequence[str], *arguments: str) -> Found:
    """Try what the arguments choose of the document; administrators change nothing with one of the ids `kept`."""
    await asyncio.to_thread((folder / "schemathesis.toml").write_text, config)
    await asyncio.to_thread((folder / "openapi.json").write_text, json.dumps(document()))
    process = await asyncio.create_subprocess_exec(
        Path(sys.executable).with_name("schemathesis"),
        *("--no-color", "--config-file", "schemathesis.toml", "run", "openapi.json", *arguments),
        cwd=folder,
        env=os.environ | {"PYTHONPATH": str(TESTS), KEPT: json.dumps([*kept])},
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
    )
    output, _ = await process.communicate()
    return Found(process.returncode or 0, output.decode())
