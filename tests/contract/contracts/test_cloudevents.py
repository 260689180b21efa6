"""Every event is a CloudEvent to whoever reads it with the official SDK."""

import json
from pathlib import Path
from uuid import uuid4

import jsonschema
import pytest
from cloudevents.core.bindings.rabbitmq import RabbitMQMessage, from_structured_event
from contracts.cabinets import CabinetSuspendedV1
from contracts.envelope import CONTENT_TYPE, Event, schema_uri
from local.workspace import find_root

COMMITTED = find_root() / "contracts"
EXAMPLES = sorted((COMMITTED / "examples").glob("*.json"))
URI = jsonschema.Draft202012Validator({"type": "string", "format": "uri"}, format_checker=jsonschema.FormatChecker())


def as_published(body: bytes) -> RabbitMQMessage:
    return RabbitMQMessage(headers={}, content_type=CONTENT_TYPE, body=body)


@pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: path.stem)
class TestGoldenExamples:
    def test_the_official_sdk_reads_it(self, path: Path) -> None:
        body = path.read_bytes()
        read = from_structured_event(as_published(body))
        written = json.loads(body)
        assert read.get_id() == written["id"]
        assert (read.get_type(), read.get_source()) == (written["type"], written["source"])
        assert read.get_subject() == written["subject"]
        assert read.get_extension("cabinetid") == written["cabinetid"]
        assert read.get_data() == written["data"]

    def test_its_schema_is_named_by_an_absolute_uri_which_is_that_of_the_committed_schema(self, path: Path) -> None:
        example = json.loads(path.read_bytes())
        URI.validate(example["dataschema"])
        schema = json.loads((COMMITTED / "schemas" / f"{example['type']}.json").read_bytes())
        assert example["dataschema"] == schema["$id"]


def test_a_relative_reference_would_not_pass_for_a_uri() -> None:
    with pytest.raises(jsonschema.ValidationError):
        URI.validate("schemas/orders.updated.v1.json")


def test_the_official_sdk_reads_a_new_event_with_its_own_attributes_unset() -> None:
    event: Event[CabinetSuspendedV1] = Event.new(
        CabinetSuspendedV1(reason="token_rejected", detail="401"), cabinet_id=uuid4()
    )
    read = from_structured_event(as_published(event.model_dump_json().encode()))
    assert read.get_dataschema() == schema_uri(event.type)
    assert read.get_time() == event.time
    assert read.get_extension("causationid") is None
