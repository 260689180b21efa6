"""The list of what is logged is what the code logs; names are constant, fields known, events mean something."""

import json

import pytest
import yaml
from servicekit.log_fields import ALWAYS, ECS, FIELDS
from support.log_calls import ROOT, OddCall, calls, calls_in
from support.log_list import PATH, TEMPLATE, UNKNOWN, index_template, means_in, written

ELK = ROOT / "infra" / "observability" / "elk"


def test_the_list_is_what_the_code_logs_and_each_event_means_something() -> None:
    text = PATH.read_text()
    assert text == written(), "make contracts"
    nameless = [event for event, means in means_in(text).items() if means == UNKNOWN]
    assert nameless == [], "say in docs/logs.md what they mean; what stands there is kept"
    assert len(means_in(text)) > 90


def test_every_field_is_known_and_none_is_listed_that_nobody_writes() -> None:
    used = {name for call in calls() for name in call.fields}
    assert used - set(ALWAYS) - set(FIELDS) == set()
    assert set(FIELDS) - used == set()


@pytest.mark.parametrize(
    "line",
    ["log.info(name)", "log.info(f'order.{kind}')", "log.warning('a.b', **more)", "log.error('a %s', 1)", "log.info()"],
)
def test_a_call_that_no_list_can_know_is_refused(line: str) -> None:
    with pytest.raises(OddCall, match=r"there\.py:1"):
        list(calls_in(line, "kit", "there.py"))


def test_a_call_is_read_with_every_name_it_may_have() -> None:
    found = list(calls_in("log.error('a.b' if x else 'a.c', n=1, exc_info=e)", "kit", "there.py"))
    assert [(call.event, call.level, sorted(call.fields)) for call in found] == [
        ("a.b", "error", ["exception", "n"]),
        ("a.c", "error", ["exception", "n"]),
    ]


def test_filebeat_names_fields_as_the_list_does_and_the_index_knows_exactly_those() -> None:
    filebeat = yaml.safe_load((ELK / "filebeat.yml").read_text())
    [renaming] = [each["rename"]["fields"] for each in filebeat["processors"] if "rename" in each]
    assert {each["from"].removeprefix("pulse."): each["to"] for each in renaming} == {
        name: ecs for name, ecs in ECS.items() if name != "timestamp"
    }
    [stamped] = [each["timestamp"] for each in filebeat["processors"] if "timestamp" in each]
    assert stamped["field"] == "pulse.timestamp"
    assert TEMPLATE.read_text() == index_template(), "make contracts"
    template = json.loads(TEMPLATE.read_text())["template"]["mappings"]
    assert template["dynamic"] is False
    types = {name: kind for name, (kind, _) in {**ALWAYS, **FIELDS}.items()}
    known = template["properties"]
    for name, kind in types.items():
        at = known
        *above, last = ECS.get(name, f"pulse.{name}").split(".")
        for part in above:
            at = at[part]["properties"]
        assert at[last]["type"] == kind, name
    assert set(known["pulse"]["properties"]) == set(types) - set(ECS)
