"""Background processes: records, stopping, killing, readiness."""

import os
import signal
import sys
import time
from pathlib import Path

import psutil
import pytest
from local import processes
from local.errors import LocalError
from local.instance import write_private_json

FOREVER = "import time; print('started', flush=True); time.sleep(600)"
STUBBORN = f"import signal; signal.signal(signal.SIGTERM, signal.SIG_IGN); {FOREVER}"


def spawned(folder: Path, program: str) -> tuple[Path, Path]:
    record, log = folder / "process.json", folder / "process.log"
    processes.spawn([sys.executable, "-c", program], record=record, log=log, env=os.environ)
    return record, log


def wait_for_text(log: Path, text: str) -> None:
    deadline = time.monotonic() + 10
    while text not in processes.tail(log):
        assert time.monotonic() < deadline, processes.tail(log)
        time.sleep(0.02)


class TestSpawn:
    def test_a_process_runs_in_a_session_of_its_own_with_its_output_in_the_log(self, tmp_path: Path) -> None:
        record, log = spawned(tmp_path, FOREVER)
        pid = processes.running(record)
        assert pid is not None
        assert os.getsid(pid) == pid != os.getsid(0)
        wait_for_text(log, "started")
        processes.kill(record)
        assert processes.running(record) is None


class TestRunning:
    def test_a_pid_that_now_belongs_to_another_process_does_not_count(self, tmp_path: Path) -> None:
        record = tmp_path / "process.json"
        born = psutil.Process().create_time()
        write_private_json(record, {"pid": os.getpid(), "created": born})
        assert processes.running(record) == os.getpid()
        write_private_json(record, {"pid": os.getpid(), "created": born - 60})
        assert processes.running(record) is None

    def test_a_process_that_ended_does_not_count(self, tmp_path: Path) -> None:
        record, _ = spawned(tmp_path, "pass")
        deadline = time.monotonic() + 10
        while processes.running(record) is not None:
            assert time.monotonic() < deadline
            time.sleep(0.02)

    def test_a_pid_nobody_has_does_not_count(self, tmp_path: Path) -> None:
        record = tmp_path / "process.json"
        write_private_json(record, {"pid": 2**22 + 1, "created": 0})
        assert processes.running(record) is None


class TestStop:
    def test_the_signal_ends_it_and_the_record_goes(self, tmp_path: Path) -> None:
        record, log = spawned(tmp_path, FOREVER)
        wait_for_text(log, "started")
        processes.stop(record, signal.SIGTERM)
        assert not record.exists()

    def test_what_ignores_the_signal_is_killed_when_time_is_up(self, tmp_path: Path) -> None:
        record, log = spawned(tmp_path, STUBBORN)
        wait_for_text(log, "started")
        pid = processes.running(record)
        processes.stop(record, timeout_seconds=0.2)
        assert pid is not None
        assert not psutil.pid_exists(pid)

    def test_stopping_what_never_ran_does_nothing(self, tmp_path: Path) -> None:
        processes.stop(tmp_path / "none.json")
        processes.kill(tmp_path / "none.json")


class TestWaitReady:
    def test_an_end_while_starting_shows_the_last_lines_of_the_log(self, tmp_path: Path) -> None:
        record, log = spawned(tmp_path, "raise SystemExit('port in use')")
        with pytest.raises(LocalError, match="port in use"):
            processes.wait_ready("it", record, log, lambda: False, timeout_seconds=10)

    def test_time_is_limited(self, tmp_path: Path) -> None:
        record, log = spawned(tmp_path, FOREVER)
        with pytest.raises(LocalError, match=r"not ready in 0\.1 s"):
            processes.wait_ready("it", record, log, lambda: False, timeout_seconds=0.1)
        processes.kill(record)

    def test_a_log_that_is_not_there_reads_as_empty(self, tmp_path: Path) -> None:
        assert processes.tail(tmp_path / "none.log") == ""
