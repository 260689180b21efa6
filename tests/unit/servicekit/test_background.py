"""Background work is begun again when it fails, loudly, and ends when it is told."""

import asyncio

import pytest
from servicekit import background
from servicekit.background import every, forever, running
from structlog.testing import capture_logs
from support.eventually import eventually


@pytest.fixture
def delays(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """The pauses that were asked for; none is made."""
    asked: list[float] = []
    real = asyncio.sleep

    async def note(seconds: float) -> None:
        asked.append(seconds)
        await real(0)

    monkeypatch.setattr(asyncio, "sleep", note)
    return asked


class TestForever:
    async def test_failed_work_is_begun_again_later_and_later_and_logged(self, delays: list[float]) -> None:
        calls = 0

        async def work() -> None:
            nonlocal calls
            calls += 1
            if calls == 12:
                raise asyncio.CancelledError
            raise ValueError(calls)

        with capture_logs() as logs, pytest.raises(asyncio.CancelledError):
            await forever("digging", work)()
        assert [entry["attempt"] for entry in logs] == list(range(1, 12))
        assert {(entry["event"], entry["work"], entry["log_level"]) for entry in logs} == {
            ("background.failed", "digging", "error")
        }
        assert isinstance(logs[0]["exc_info"], ValueError)
        for attempt, delay in enumerate(delays):
            longest = min(15, 0.2 * 2**attempt)
            assert 0.8 * longest <= delay <= longest

    async def test_work_that_ends_is_begun_again_without_a_busy_loop(self, delays: list[float]) -> None:
        calls = 0

        async def work() -> None:
            nonlocal calls
            calls += 1
            if calls == 3:
                raise asyncio.CancelledError

        with capture_logs() as logs, pytest.raises(asyncio.CancelledError):
            await forever("digging", work)()
        assert [entry["event"] for entry in logs] == ["background.ended"] * 2
        assert len(delays) == 2

    async def test_a_failure_after_a_healthy_time_starts_over(
        self, delays: list[float], monkeypatch: pytest.MonkeyPatch
    ) -> None:
        calls = 0

        async def work() -> None:
            nonlocal calls
            calls += 1
            if calls == 4:
                monkeypatch.setattr(background, "HEALTHY_SECONDS", 0.0)
            if calls == 5:
                raise asyncio.CancelledError
            raise ValueError

        with capture_logs() as logs, pytest.raises(asyncio.CancelledError):
            await forever("digging", work)()
        assert [entry["attempt"] for entry in logs] == [1, 2, 3, 1]
        assert delays[3] <= 0.2


async def test_every_pauses_between_the_end_of_one_and_the_next(delays: list[float]) -> None:
    async def work() -> None:
        if len(delays) == 3:
            raise asyncio.CancelledError

    with pytest.raises(asyncio.CancelledError):
        await every(7, work)()
    assert delays == [7, 7, 7]


class TestRunning:
    async def test_runs_beside_the_block_and_cleans_up_after_it(self) -> None:
        steps: list[str] = []

        async def work() -> None:
            steps.append("begun")
            try:
                await asyncio.Event().wait()
            finally:
                await asyncio.sleep(0)
                steps.append("cleaned")

        async with running({"one": work, "two": work}):
            await eventually(lambda: steps == ["begun"] * 2)
        assert steps == ["begun"] * 2 + ["cleaned"] * 2

    async def test_ends_with_a_block_that_fails(self) -> None:
        ended = asyncio.Event()

        async def work() -> None:
            try:
                await asyncio.Event().wait()
            finally:
                ended.set()

        async def fail() -> None:
            async with running({"one": work}):
                await asyncio.sleep(0)
                raise ZeroDivisionError

        with pytest.raises(ZeroDivisionError):
            await fail()
        assert ended.is_set()

    async def test_one_that_fails_leaves_the_others_alone(self) -> None:
        beats = 0

        async def broken() -> None:
            raise ValueError

        async def beat() -> None:
            nonlocal beats
            beats += 1

        with capture_logs() as logs:
            async with running({"broken": broken, "heart": every(0.001, beat)}):
                await eventually(lambda: beats > 20)
        assert logs[0]["work"] == "broken"

    async def test_a_failure_that_stands_in_for_a_cancellation_ends_the_work(self) -> None:
        async def unclean() -> None:
            try:
                await asyncio.Event().wait()
            finally:
                raise ConnectionError("not closed politely")

        task = asyncio.create_task(forever("unclean", unclean)())
        await asyncio.sleep(0)
        task.cancel()
        async with asyncio.timeout(60):
            await asyncio.wait([task])
        assert task.cancelled()

    async def test_work_that_swallows_a_cancellation_is_cancelled_again(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(background, "CANCEL_AGAIN_SECONDS", 0.01)
        heard = 0

        async def deaf() -> None:
            nonlocal heard
            while heard < 3:
                try:
                    await asyncio.Event().wait()
                except asyncio.CancelledError:
                    heard += 1
            await asyncio.Event().wait()

        async with asyncio.timeout(60), running({"deaf": deaf}):
            await asyncio.sleep(0)
        assert heard == 3
