"""`python -m wbsim` as a process: what it prints, what it answers, how it stops."""

import re
import signal
import subprocess
import sys
from pathlib import Path

import httpx
from wbsim.serving import bind


def test_it_says_where_it_listens_takes_its_own_token_and_stops_cleanly() -> None:
    command = [sys.executable, "-m", "wbsim", "--port", "0", "--history-orders", "20", "--print-token"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        try:
            assert process.stdout is not None
            said, token_line = process.stdout.readline().split(), process.stdout.readline().split()
            assert said[:3] == ["wbsim", "listening", "on"]
            headers = {"Authorization": token_line[1]}
            path = "/statistics-api/api/v1/supplier/orders?dateFrom=2026-01-01"
            answer = httpx.get(said[3] + path, headers=headers, timeout=60)
            assert len(answer.json()) == 20
        finally:
            process.send_signal(signal.SIGTERM)
        assert process.wait(timeout=60) == 0


def test_a_scenario_is_told_with_its_tokens_and_the_command_line_counts_more(tmp_path: Path) -> None:
    scenario = tmp_path / "day.toml"
    scenario.write_text(
        'about = "A short day."\n[config]\nhistory_orders = 9\nproducts = 2\n[[tokens]]\nlabel = "of mine"\n'
    )
    command = [sys.executable, "-m", "wbsim", "--scenario", str(scenario), "--history-orders", "4", "--page-rows", "3"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        try:
            assert process.stdout is not None
            said, about, token_line = (process.stdout.readline().strip() for _ in range(3))
            url = said.split()[-1]
            _, token, label = token_line.split(maxsplit=2)
            assert (about, label) == ("A short day.", "of mine")
            headers = {"Authorization": token}
            path = "/api/v1/supplier/orders?dateFrom=2020-01-01"
            assert len(httpx.get(url + path, headers=headers, timeout=60).json()) == 3
            sellers = httpx.get(f"{url}/_sim/sellers", timeout=60).json()["sellers"]
            assert [(seller["orders"], seller["products"]) for seller in sellers] == [(4, 2)]
        finally:
            process.send_signal(signal.SIGTERM)
        assert process.wait(timeout=60) == 0


def test_what_cannot_be_started_is_said_in_words(tmp_path: Path) -> None:
    def said(*options: str) -> str:
        command = [sys.executable, "-m", "wbsim", *options]
        done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
        assert done.returncode == 2
        assert "Traceback" not in done.stderr
        return re.sub(r"[^ -~]|\s+", "", done.stderr)

    assert "weather:unknownfield" in said("--scenario", str(_written(tmp_path / "bad.toml", "[weather]")))
    with bind("127.0.0.1", 0) as taken:
        taken.listen()
        assert "Addressalreadyinuse" in said("--port", str(taken.getsockname()[1]))


def _written(path: Path, text: str) -> Path:
    path.write_text(text)
    return path
