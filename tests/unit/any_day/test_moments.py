"""Moments and zones that `make any-day` is asked for."""

from datetime import UTC, datetime
from pathlib import Path

import pytest
from any_day import clock
from any_day.runs import RUNS
from local.errors import LocalError


@pytest.mark.parametrize("text", ["2027-12-31 23:50:00 Europe/Moscow", " 2027-12-31 23:50 "])
def test_a_moment_is_moscows_unless_it_names_a_zone(text: str) -> None:
    assert clock.moment(text) == datetime(2027, 12, 31, 20, 50, tzinfo=UTC)
    assert clock.moment("2028-02-29 00:00:00 Pacific/Kiritimati") == datetime(2028, 2, 28, 10, tzinfo=UTC)


@pytest.mark.parametrize("text", ["", "tomorrow", "2027-02-29 12:00:00", "2027-12-31 23:50:00 Nowhere/Else"])
def test_what_is_no_moment_is_refused(text: str) -> None:
    with pytest.raises(LocalError):
        clock.moment(text)


def test_the_runs_are_moments_in_zones_that_exist() -> None:
    for run in RUNS:
        assert run.at > datetime(2027, 1, 1, tzinfo=UTC)
        assert clock.zone(run.zone)


def test_servers_that_were_given_are_not_used_because_their_clocks_stay(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DATABASE_URL", "postgresql://elsewhere")
    monkeypatch.setenv("LD_PRELOAD", "other.so")
    env = clock.environment(Path("/datefudge.so"), datetime(2001, 1, 1, tzinfo=UTC), "Etc/GMT+12")
    assert "DATABASE_URL" not in env
    assert (env["LD_PRELOAD"], env["TZ"]) == ("/datefudge.so:other.so", "Etc/GMT+12")
    assert int(env["DATEFUDGE"]) > 25 * 365 * 86_400
