"""Every service's migrations are one history: whoever migrates to the newest revision finds one."""

from pathlib import Path

import pytest
from alembic.script import ScriptDirectory

SERVICES = sorted((Path(__file__).parents[3] / "services").glob("*/src/*/migrations"))


@pytest.mark.parametrize("folder", SERVICES, ids=lambda folder: folder.parent.name)
def test_there_is_one_newest_revision(folder: Path) -> None:
    assert len(ScriptDirectory(str(folder)).get_heads()) == 1


def test_every_service_was_looked_at() -> None:
    assert len(SERVICES) == 5
