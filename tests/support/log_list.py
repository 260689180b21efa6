"""`docs/logs.md`, written from the code by `PYTHONPATH=tests python -m support.log_list write`; meanings are kept."""

import json
import re
import sys
from collections import defaultdict
from collections.abc import Iterable, Mapping
from typing import Any

from servicekit.log_fields import ALWAYS, ECS, FIELDS

from support.log_calls import ROOT, Call, calls

PATH = ROOT / "docs" / "logs.md"
UNKNOWN = "?"
_ROW = re.compile(r"^\| `([a-z_.]+)` \|.*\| (.*) \|$", re.MULTILINE)

HEAD = """# What the services log

One JSON object a line on the standard output. Every line has a constant name (`event`) and fields with names. This list
is written from the code (`make contracts`); a test reads the code for a name that is not constant, a field that is not
listed and an event without a meaning. What is secret is removed by value, by form and by the name of its field
(`servicekit.redaction`). What libraries say has their words as its `event`.

| level | means |
| --- | --- |
| `info` | Something happened as it should, and seldom enough to be read. |
| `warning` | Something went wrong that is tried again or left out; many, or one that stays, are worth a look. |
| `error` | Something of ours failed that should not: a defect, or what only a person can mend. |

`LOG_LEVEL` (`INFO`) says from which level on lines are written. Nothing is logged for each event, request or message
that does well: those are [metrics](operator-metrics.md), and traces (`make trace ID=<trace_id of a line>`).

For Elasticsearch: [Filebeat, an index template and a Compose file](../infra/observability/elk/README.md).
"""


def document(found: Iterable[Call], means: Mapping[str, str]) -> str:
    """The text, with what each event means."""
    by_event: dict[str, list[Call]] = defaultdict(list)
    for call in found:
        by_event[call.event].append(call)
    lines = [HEAD, "## Events\n", "| event | level | by | fields | means |", "| --- | --- | --- | --- | --- |"]
    for event, of_it in sorted(by_event.items()):
        levels = " or ".join(sorted({call.level for call in of_it}))
        services = ", ".join(sorted({"all" if call.service == "servicekit" else call.service for call in of_it}))
        fields = ", ".join(f"`{name}`" for name in sorted({name for call in of_it for name in call.fields}))
        lines.append(f"| `{event}` | {levels} | {services} | {fields or '–'} | {means.get(event, UNKNOWN)} |")
    lines += ["\n## Fields\n", "| field | in the Elastic Common Schema | type | holds |", "| --- | --- | --- | --- |"]
    for name, (kind, holds) in {**ALWAYS, **FIELDS}.items():
        lines.append(f"| `{name}` | `{ECS.get(name, f'pulse.{name}')}` | {kind} | {holds} |")
    return "\n".join(lines) + "\n"


def means_in(text: str) -> dict[str, str]:
    """What each event means by a document as it stands."""
    return dict(_ROW.findall(text.partition("## Fields")[0]))


def written() -> str:
    """The document as it is to be."""
    return document(calls(), means_in(PATH.read_text() if PATH.exists() else ""))


def index_template() -> str:
    """The template of the index that Filebeat writes into: every listed field, and no other is indexed."""
    properties: dict[str, Any] = {
        "event": {"properties": {"dataset": {"type": "keyword"}, "kind": {"type": "keyword"}}}
    }
    for name, (kind, _) in {**ALWAYS, **FIELDS}.items():
        at = properties
        *above, last = ECS.get(name, f"pulse.{name}").split(".")
        for part in above:
            at = at.setdefault(part, {"properties": {}})["properties"]
        at[last] = {"type": kind, **({"ignore_above": 1024} if kind == "keyword" else {})}
    template = {
        "index_patterns": ["logs-pulse-*"],
        "data_stream": {},
        "priority": 200,
        "template": {
            "settings": {"index.number_of_replicas": 0, "index.mapping.ignore_malformed": True},
            "mappings": {"dynamic": False, "properties": properties},
        },
    }
    return json.dumps(template, indent=1) + "\n"


TEMPLATE = ROOT / "infra" / "observability" / "elk" / "index_template.json"


if __name__ == "__main__":
    if sys.argv[1:] != ["write"]:
        sys.exit("PYTHONPATH=tests python -m support.log_list write")
    PATH.write_text(written())
    TEMPLATE.write_text(index_template())
