"""What Phoenix answers is judged: every service is there, and every span hangs below another."""

import sys
from pathlib import Path
from typing import Any

import pytest
from demo.installation import NotReady
from demo.phoenix import SPANS, missing, orphans, phoenix, spans_of


def span(name: str, span_id: str, parent: str | None) -> dict[str, Any]:
    return {"name": name, "context": {"span_id": span_id}, "parent_id": parent}


def test_a_service_whose_spans_are_not_there_is_missed() -> None:
    names = [f"{beginning}x" for beginnings in SPANS.values() for beginning in beginnings]
    whole = [span(name, str(n), None) for n, name in enumerate(names)]
    assert missing(whole) == []
    assert missing([each for each in whole if "telegram" not in each["name"]]) == [
        "telegram deliver",
        "telegram sendPhoto",
    ]


def test_a_span_without_its_parent_is_apart_and_the_root_is_not() -> None:
    joined = [span("sync orders", "1", None), span("page orders", "2", "1")]
    assert orphans(joined) == []
    assert orphans([*joined, span("process reporter.orders", "4", "3")]) == ["process reporter.orders"]


PROGRAM = f"""#!{sys.executable}
import http.server, json, os, sys
assert sys.argv[1:] == ["serve"]

class Answers(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        self.send_response(404 if "unknown" in self.path else 200)
        self.end_headers()
        self.wfile.write(json.dumps({{"data": [{{"path": self.path}}]}}).encode())

http.server.HTTPServer((os.environ["PHOENIX_HOST"], int(os.environ["PHOENIX_PORT"])), Answers).serve_forever()
"""


def test_it_is_asked_for_one_trace_while_it_runs(tmp_path: Path) -> None:
    program = tmp_path / "phoenix"
    program.write_text(PROGRAM)
    program.chmod(0o755)
    with phoenix(program) as url:
        assert spans_of(url, "abc") == [{"path": "/v1/projects/default/spans?trace_id=abc&limit=1000"}]
        assert spans_of(url, "unknown") == []


def test_one_that_does_not_start_says_why(tmp_path: Path) -> None:
    program = tmp_path / "phoenix"
    program.write_text("#!/bin/sh\necho no room\nexit 3\n")
    program.chmod(0o755)
    with pytest.raises(NotReady, match="no room"), phoenix(program):
        raise AssertionError("it has not started")
