"""The committed contracts equal the code, and a released version cannot be broken."""

import json
import shutil
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from contracts.__main__ import main
from contracts.compatibility import breaking_changes
from contracts.envelope import Event
from contracts.registry import EVENTS, parse_event
from contracts.topics import QUEUES
from local.workspace import find_root

from contracts import release
from contracts.asyncapi import asyncapi_document
from contracts.schemas import event_schema

COMMITTED = find_root() / "contracts"
EXAMPLES = sorted((COMMITTED / "examples").glob("*.json"))


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A copy of the committed contracts that a test may spoil."""
    for name in ("schemas", "examples", "asyncapi"):
        shutil.copytree(COMMITTED / name, tmp_path / name)
    return tmp_path


def edit(path: Path, change: Any) -> None:
    content = json.loads(path.read_text())
    change(content)
    path.write_text(json.dumps(content))


class TestCheck:
    def test_committed_contracts_are_well(self) -> None:
        assert release.check(COMMITTED) == []

    def test_refuses_code_that_dropped_a_released_property(self, folder: Path) -> None:
        def released_with_more(schema: dict[str, Any]) -> None:
            schema["$defs"]["ChangedOrder"]["properties"]["promo_code"] = {"type": "string"}

        edit(folder / "schemas/orders.updated.v1.json", released_with_more)
        problems = release.check(folder)
        assert any("orders.updated.v1" in p and "promo_code: the property was removed" in p for p in problems)

    def test_generate_writes_nothing_over_a_break(self, folder: Path) -> None:
        path = folder / "schemas/orders.updated.v1.json"
        edit(path, lambda schema: schema["$defs"]["ChangedOrder"]["properties"]["srid"].update(type="integer"))
        before = path.read_text()
        assert release.generate(folder)
        assert path.read_text() == before

    def test_refuses_a_released_type_that_disappeared(self, folder: Path) -> None:
        shutil.copy(folder / "schemas/orders.updated.v1.json", folder / "schemas/orders.vanished.v1.json")
        assert any("orders.vanished.v1: a released type was removed" in p for p in release.check(folder))

    def test_reports_a_stale_file(self, folder: Path) -> None:
        edit(folder / "asyncapi/pulse.json", lambda document: document["info"].update(title="Other"))
        assert "asyncapi/pulse.json: not what the code says; run make contracts" in release.check(folder)

    def test_reports_an_edited_example(self, folder: Path) -> None:
        edit(folder / "examples/orders.updated.v1.json", lambda event: event.update(subject="cabinet/other"))
        assert any("orders.updated.v1.json: changed" in p for p in release.check(folder))

    def test_reports_an_unreadable_and_a_removed_example(self, folder: Path) -> None:
        edit(folder / "examples/orders.updated.v1.json", lambda event: event["data"].pop("orders"))
        (folder / "examples/stocks.updated.v1.json").unlink()
        problems = release.check(folder)
        assert any("orders.updated.v1.json: no longer readable" in p for p in problems)
        assert any("stocks.updated.v1.json: a released example was removed" in p for p in problems)
        assert any("stocks.updated.v1 has no golden example" in p for p in problems)

    def test_a_new_example_is_recorded_once(self, folder: Path) -> None:
        shutil.copy(folder / "examples/orders.updated.v1.json", folder / "examples/orders.updated.v1-more.json")
        assert release.check(folder)
        assert release.record_examples(folder) == ["orders.updated.v1-more.json"]
        assert release.check(folder) == []


class TestMain:
    def test_exit_codes_tell(self, folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
        assert main(["check", str(folder)]) == 0
        (folder / "schemas/orders.updated.v1.json").unlink()
        assert main(["check", str(folder)]) == 1
        assert "schemas/orders.updated.v1.json: not what the code says" in capsys.readouterr().err
        assert main(["generate", str(folder)]) == 0
        assert main(["check", str(folder)]) == 0
        assert main(["record", str(folder)]) == 0


BASE: dict[str, Any] = {
    "$defs": {"Row": {"type": "object", "properties": {"a": {"type": "string"}}, "required": ["a"]}},
    "type": "object",
    "properties": {
        "rows": {"type": "array", "items": {"$ref": "#/$defs/Row"}, "maxItems": 5},
        "kind": {"enum": ["x", "y"], "type": "string"},
        "maybe": {"anyOf": [{"type": "integer"}, {"type": "null"}], "default": None},
    },
    "required": ["rows"],
}


def changed(**replacements: Any) -> dict[str, Any]:
    copy: dict[str, Any] = json.loads(json.dumps(BASE))
    for path, value in replacements.items():
        target = copy
        *parents, last = path.split("__")
        for parent in parents:
            target = target[f"${parent}" if parent == "defs" else parent]
        if value is None:
            del target[last]
        else:
            target[last] = value
    return copy


class TestBreakingChanges:
    @pytest.mark.parametrize(
        "new",
        [
            BASE,
            changed(properties__extra={"type": "string"}),
            changed(defs__Row__properties__b={"type": "integer"}),
            changed(properties__kind={"enum": ["y", "x"], "type": "string", "description": "said better"}),
        ],
        ids=["nothing", "optional property", "optional property in a row", "words only"],
    )
    def test_allows(self, new: dict[str, Any]) -> None:
        assert breaking_changes(BASE, new) == []

    @pytest.mark.parametrize(
        ("new", "told"),
        [
            (changed(properties__kind=None), "kind: the property was removed"),
            (changed(required=["rows", "kind"]), "kind: the property became required"),
            (changed(required=[]), "rows: the property is no longer required"),
            (changed(defs__Row__properties__a={"type": "integer"}), "'string' became 'integer'"),
            (changed(defs__Row__properties__b={"type": "integer"}, defs__Row__required=["a", "b"]), "b: the property"),
            (changed(properties__kind={"enum": ["x"], "type": "string"}), "allowed values"),
            (changed(properties__kind={"enum": ["x", "y", "z"], "type": "string"}), "allowed values"),
            (changed(properties__rows__maxItems=4), "5 became 4"),
            (changed(properties__rows__maxItems=None), "maxItems 5 was removed"),
            (changed(properties__rows__minItems=1), "minItems 1 was added"),
            (changed(properties__maybe={"anyOf": [{"type": "integer"}]}), "2 alternatives became 1"),
        ],
    )
    def test_refuses(self, new: dict[str, Any], told: str) -> None:
        assert any(told in change for change in breaking_changes(BASE, new))

    def test_follows_a_schema_that_contains_itself(self) -> None:
        node = {"properties": {"next": {"$ref": "#/$defs/Node"}, "value": {"type": "string"}}}
        tree = {"$defs": {"Node": node}, "properties": {"root": {"$ref": "#/$defs/Node"}}}
        broken = json.loads(json.dumps(tree).replace('"string"', '"integer"'))
        assert breaking_changes(tree, tree) == []
        assert len(breaking_changes(tree, broken)) == 1


class TestExamples:
    @pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: path.stem)
    def test_parses_to_the_same_json_and_fits_its_schema(self, path: Path) -> None:
        event = parse_event(path.read_bytes())
        # An example stays as it was released: it lacks the optional fields that came later.
        event = Event[type(event.data)].model_validate_json(path.read_bytes())  # type: ignore[misc]
        assert json.loads(event.model_dump_json(exclude_unset=True)) == json.loads(path.read_text())
        jsonschema.validate(json.loads(path.read_text()), event_schema(EVENTS[event.type]))


class TestAsyncapi:
    def test_every_type_has_one_sender_and_every_queue_its_receiver(self) -> None:
        operations = asyncapi_document()["operations"]
        sends = [name for name, operation in operations.items() if operation["action"] == "send"]
        receives = [name for name, operation in operations.items() if operation["action"] == "receive"]
        told = [event_type for event_type in EVENTS if ".updated." in event_type or ".entered." in event_type]
        own = ("webhooks.", "preferences.", "notification_settings.", "notification_target.")
        of_rows = [event_type for event_type in told if not event_type.startswith(own)]
        assert len(sends) == len(EVENTS) + len(of_rows)
        assert sorted(receives) == sorted(f"{q.name}.receive.{event.TYPE}" for q in QUEUES for event in q.events)

    def test_a_queue_receives_from_the_channel_of_its_origins(self) -> None:
        document = asyncapi_document()
        for queue in QUEUES:
            for event in queue.events:
                operation = document["operations"][f"{queue.name}.receive.{event.TYPE}"]
                channel = document["channels"][operation["channel"]["$ref"].removeprefix("#/channels/")]
                origins = channel.get("parameters", {}).get("origin", {}).get("enum", [""])
                addresses = [channel["address"].replace("{origin}", origin) for origin in origins]
                assert sorted(addresses) == sorted(key for key in queue.routing_keys if key.startswith(event.TYPE))

    def test_holds_no_address_and_no_secret(self) -> None:
        text = json.dumps(asyncapi_document())
        assert "amqp://" not in text
        assert "password" not in text
