"""Services go by the database's clock, whatever their machine's says."""

import re
import time
from datetime import UTC, datetime
from pathlib import Path

import pytest
import servicekit
from servicekit import clock, database_clock
from servicekit.db import Database
from support.clocks import machines

TEN_MINUTES = 600


@pytest.mark.parametrize("ahead_seconds", [TEN_MINUTES, -TEN_MINUTES])
async def test_a_service_whose_clock_is_wrong_goes_by_the_databases(
    gateway_db: Database, monkeypatch: pytest.MonkeyPatch, ahead_seconds: float
) -> None:
    before = datetime.now(UTC)
    await machines(monkeypatch)(gateway_db, ahead_seconds)
    assert abs((clock.now() - before).total_seconds()) < TEN_MINUTES / 2
    # Set right meanwhile.
    monkeypatch.setattr(clock, "wall", time.time)
    await database_clock.follow(gateway_db)
    assert abs((clock.now() - before).total_seconds()) < TEN_MINUTES / 2


async def test_what_a_measurement_may_be_off_moves_no_time(
    gateway_db: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    await machines(monkeypatch)(gateway_db, 0.5)
    assert clock._difference_seconds == 0


def test_no_service_asks_its_machine_for_the_time() -> None:
    root = Path(servicekit.__file__).parents[4]
    asking = re.compile(r"datetime\.(now|utcnow|today)\(|date\.today\(|\btime\.time\(")
    found = [
        path.relative_to(root).as_posix()
        for folder in ("services", "infra/servicekit")
        for path in (root / folder).rglob("src/**/*.py")
        if asking.search(path.read_text(encoding="utf-8"))
    ]
    assert found == []
