"""`python -m wbsim` as a process: what it prints, what it answers, how it stops."""

import signal
import subprocess
import sys

import httpx


def test_it_says_where_it_listens_takes_its_own_token_and_stops_cleanly() -> None:
    command = [sys.executable, "-m", "wbsim", "--port", "0", "--history-orders", "20", "--print-token"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        try:
            assert process.stdout is not None
            said, token_line = process.stdout.readline().split(), process.stdout.readline().split()
            assert said[:3] == ["wbsim", "listening", "on"]
            headers = {"Authorization": token_line[1]}
            path = "/statistics-api/api/v1/supplier/orders?dateFrom=2026-01-01"
            answer = httpx.get(said[3] + path, headers=headers, timeout=20)
            assert len(answer.json()) == 20
        finally:
            process.send_signal(signal.SIGTERM)
        assert process.wait(timeout=20) == 0
