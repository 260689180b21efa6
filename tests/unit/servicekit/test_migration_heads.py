"""The migrations of a service are one line: two that follow the same one cannot be applied."""

import pytest
from alembic.script import ScriptDirectory
from contracts.envelope import SERVICES
from servicekit.migrations import alembic_config
from support.databases import migrations_of


@pytest.mark.parametrize("service", SERVICES)
def test_migrations_follow_one_another(service: str) -> None:
    scripts = ScriptDirectory.from_config(alembic_config(migrations_of(service), "postgresql://unused"))
    assert len(scripts.get_heads()) == 1
