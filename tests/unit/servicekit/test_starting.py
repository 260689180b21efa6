"""What a service imports to run: each tenth of a second of it is a tenth more until a killed one is back."""

import gc
import subprocess
import sys

from servicekit.starting import importing

PROGRAM = """
import sys
import gateway.__main__, ingestor.__main__, notifier.__main__, reporter.__main__
import gateway.app, ingestor.app, notifier.app, reporter.app, servicekit.serving
print(*sorted({"alembic", "opentelemetry.exporter"} & sys.modules.keys()))
"""


def test_a_service_imports_neither_the_migrations_tool_nor_an_exporter_that_it_may_not_need() -> None:
    result = subprocess.run([sys.executable, "-c", PROGRAM], capture_output=True, text=True, check=True)
    assert result.stdout.split() == []


def test_garbage_is_looked_for_again_after_the_imports_but_not_in_what_they_made() -> None:
    before = gc.get_freeze_count()
    try:
        with importing():
            assert not gc.isenabled()
            kept: list[list[int]] = [[] for _ in range(1000)]
        assert gc.isenabled()
        assert gc.get_freeze_count() >= before + len(kept)
    finally:
        gc.unfreeze()
