"""`python -m demo.phoenix`: one order's trace, asked of a collector that is not ours.

Arize Phoenix (PyPI) takes what the services export by OTLP and is asked over its own REST interface: the spans of every
service are in one trace, and each has its parent there.
"""

import json
import os
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import httpx
from local.ports import HOST, free_port

from demo.installation import NotReady, installation, wait_until

READY_SECONDS = 300.0
"""It makes a database of its own and loads what models need."""

SPANS = {
    "ingestor": ("sync ", "wb ", "page ", "send orders.updated.v1"),
    "reporter": ("process reporter.orders", "send orders.reported.v1"),
    "notifier": ("process notifier.orders", "telegram deliver", "telegram sendPhoto"),
}
"""How the names of the spans begin that each service must have in the trace: Phoenix keeps no resource of a span."""


def main(program: str) -> int:
    """Run it, and print the tree and a line of JSON; 0 if everything is there and joined."""
    began = time.monotonic()

    def say(text: str) -> None:
        print(f"[{time.monotonic() - began:6.1f} s] {text}", flush=True)

    with phoenix(Path(program).absolute()) as url:
        say(f"Phoenix is ready at {url}")
        env = {"OTEL_EXPORTER_OTLP_ENDPOINT": url, "OTEL_BSP_SCHEDULE_DELAY": "500", "TRACE_RATIO": "1"}
        with installation("phoenix", history_orders=20, progress=say, env=env) as pulse:
            pulse.connect_cabinet(say)
            [srid] = pulse.wildberries.order()
            wait_until("the message arrives", lambda: bool(_messages(pulse.telegram.raw_messages(), srid)))
            trace_id = _messages(pulse.telegram.raw_messages(), srid)[0]["traceparent"].split("-")[1]
            say(f"order {srid} was told in trace {trace_id}")
            wait_until("Phoenix has every span", lambda: not missing(spans_of(url, trace_id)), READY_SECONDS)
            spans = spans_of(url, trace_id)
    for line in _tree(spans):
        print("  ", line)
    apart = orphans(spans)
    found = {service: len(names) for service, names in SPANS.items()}
    print(json.dumps({"trace_id": trace_id, "spans": len(spans), "services": found, "without_parent": apart}))
    return int(bool(apart))


@contextmanager
def phoenix(program: Path) -> Iterator[str]:
    """A Phoenix of its own, forgotten afterwards; its URL. Raises NotReady when it does not start."""
    port = free_port()
    with TemporaryDirectory(prefix="phoenix-") as folder:
        env = os.environ | {
            "PHOENIX_HOST": HOST,
            "PHOENIX_PORT": str(port),
            "PHOENIX_GRPC_PORT": str(free_port()),
            "PHOENIX_WORKING_DIR": folder,
            "PHOENIX_TELEMETRY_ENABLED": "false",
        }
        log = Path(folder) / "log"
        with log.open("wb") as output:
            process = subprocess.Popen([program, "serve"], env=env, stdout=output, stderr=output, cwd=folder)
        try:
            wait_until("Phoenix answers", lambda: _answers(process, port, log), READY_SECONDS)
            yield f"http://{HOST}:{port}"
        finally:
            process.terminate()
            try:
                process.wait(20)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()


def spans_of(url: str, trace_id: str) -> list[dict[str, Any]]:
    """What Phoenix has of a trace."""
    answer = httpx.get(
        f"{url}/v1/projects/default/spans", params={"trace_id": trace_id, "limit": 1000}, timeout=30, trust_env=False
    )
    if answer.status_code == httpx.codes.NOT_FOUND:
        return []  # no span came yet, so it has no such project
    spans: list[dict[str, Any]] = answer.raise_for_status().json()["data"]
    return spans


def missing(spans: Sequence[dict[str, Any]]) -> list[str]:
    """Beginnings of names that no span has."""
    names = [span["name"] for span in spans]
    wanted = [beginning for beginnings in SPANS.values() for beginning in beginnings]
    return [beginning for beginning in wanted if not any(name.startswith(beginning) for name in names)]


def orphans(spans: Sequence[dict[str, Any]]) -> list[str]:
    """Names of spans whose parent is not there; the root has none."""
    known = {span["context"]["span_id"] for span in spans}
    return [span["name"] for span in spans if span["parent_id"] and span["parent_id"] not in known]


def _messages(messages: Sequence[dict[str, Any]], srid: str) -> list[dict[str, Any]]:
    return [message for message in messages if srid in message["text"]]


def _answers(process: "subprocess.Popen[bytes]", port: int, log: Path) -> bool:
    if process.poll() is not None:
        raise NotReady(f"Phoenix ended while starting:\n{log.read_text(errors='replace')[-2000:]}")
    try:
        return httpx.get(f"http://{HOST}:{port}/healthz", timeout=5, trust_env=False).status_code == httpx.codes.OK
    except httpx.TransportError:
        return False


def _tree(spans: Sequence[dict[str, Any]], parent: str | None = None, depth: int = 0) -> Iterator[str]:
    for span in sorted(spans, key=lambda each: str(each["start_time"])):
        if span["parent_id"] == parent:
            yield "  " * depth + span["name"]
            yield from _tree(spans, span["context"]["span_id"], depth + 1)


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit("python -m demo.phoenix <the program phoenix>")
    sys.exit(main(sys.argv[1]))
