"""Schemathesis over the OpenAPI document, with every check, against a running gateway with a shop in it: `make fuzz`.

What administrators may is left out: a run with it took Schemathesis 8 GB. Their filters are JSON in a text of up to
60,000 characters, of which a pattern says the form.
"""

import asyncio
import os
from collections.abc import Sequence
from pathlib import Path

import pytest
from support import fuzz_run
from support.fuzzing import EXAMPLES
from support.gateway import User
from support.running_shop import RunningShop

ARGUMENTS = ("--exclude-tag=admin", *(() if "FUZZ_EXAMPLES" in os.environ else ("--phases=examples",)))
"""Without `make fuzz`, which takes minutes, each operation is asked what its own examples say."""


@pytest.mark.timeout(0)  # `make fuzz` takes as long as it takes
async def test_every_operation_answers_as_the_document_says(
    bob: User, running_shop: RunningShop, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    shop = running_shop.shop
    # What disconnects a cabinet is tried on those of another user: the shop is to stay.
    disposable = [str(await bob.connect()) for _ in range(3)]
    things: dict[str, Sequence[str | int]] = {
        name: [value if isinstance(value, int) else str(value)] for name, value in shop.ids.items()
    }
    things["x-telegram-user-id"] = [str(shop.owner.telegram_id)]
    things["cabinet_id"] = [str(shop.cabinet_id), *disposable]
    config = fuzz_run.settings(
        running_shop.url,
        shop.owner.key,
        things,
        keys={'include-operation-id = "disconnect_cabinet"': bob.key},
        examples=EXAMPLES,
    )
    found = await fuzz_run.run(tmp_path, config, *ARGUMENTS)
    with capsys.disabled():
        print(f"\n{found.summary}")
    await asyncio.to_thread((tmp_path / "output").write_text, found.output)
    assert found.exit_code == 0, found.output
