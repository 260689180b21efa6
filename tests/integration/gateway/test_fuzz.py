"""Schemathesis over the whole OpenAPI document, with every check, against a running gateway: `make fuzz`."""

import asyncio
import os
from pathlib import Path

import pytest
from servicekit.db import Database
from support import fuzz_run, fuzzed_shop
from support.fuzzing import EXAMPLES
from support.gateway import Gateway, User
from support.openapi import operations
from support.running_shop import RunningShop

ARGUMENTS = () if "FUZZ_EXAMPLES" in os.environ else ("--phases=examples",)
"""Without `make fuzz`, which takes minutes, each operation is asked what its own examples say."""


@pytest.mark.timeout(0)  # `make fuzz` takes as long as it takes
async def test_every_operation_answers_as_the_document_says(
    gateway: Gateway,
    bob: User,
    running_shop: RunningShop,
    ingestor_db: Database,
    notifier_db: Database,
    rabbitmq_url: str,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    shop = await fuzzed_shop.prepare(running_shop, gateway, bob, ingestor_db, notifier_db, rabbitmq_url)
    found = await fuzz_run.run(tmp_path, fuzz_run.settings(shop, examples=EXAMPLES), shop.kept, *ARGUMENTS)
    with capsys.disabled():
        print(f"\n{found.summary}")
    await asyncio.to_thread((tmp_path / "output").write_text, found.output)
    assert found.exit_code == 0, found.output
    assert f"Tested: {len(operations())}" in found.summary
    # Had it ended its own key or the shop, the rest would have been tried in vain.
    for user, path in ((shop.caller, "/cabinets"), (shop.caller, "/admin/users"), (shop.other, "/me")):
        assert (await user.get(path)).status_code == 200
    assert (await shop.caller.get(f"/cabinets/{running_shop.shop.cabinet_id}")).status_code == 200
