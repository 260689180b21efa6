"""The OpenAPI document shows an example of whatever is sent and answered, and says in what order lists come."""

import re
from typing import Any

import pytest
from jsonschema import Draft202012Validator, FormatChecker
from support.openapi import Operation, document, example_of, operations, resolved

every_operation = pytest.mark.parametrize("operation", operations(), ids=lambda each: each.name)


def assert_fits(instance: Any, schema: dict[str, Any]) -> None:
    root = {**schema, "components": document()["components"]}
    Draft202012Validator(root, format_checker=FormatChecker()).validate(instance)


@every_operation
def test_each_answer_has_an_example_that_fits_its_schema(operation: Operation) -> None:
    for status, content in operation.answers():
        shown = example_of(content)
        assert shown is not None, f"{operation.name} shows no answer {status}"
        assert_fits(shown, content["schema"])


@every_operation
def test_what_is_sent_has_an_example_that_is_accepted(operation: Operation) -> None:
    if operation.body is not None:
        shown = example_of(operation.body)
        assert shown is not None, f"{operation.name} shows no request"
        assert_fits(shown, operation.body["schema"])


@every_operation
def test_a_list_says_in_what_order_it_comes(operation: Operation) -> None:
    for _, content in operation.answers():
        schema = resolved(content["schema"])
        if "data" in schema.get("properties", {}) and resolved(schema["properties"]["data"]).get("type") == "array":
            said = operation.described["description"]
            assert re.search(r"\b(first|oldest|newest|last|in the order)\b", said), f"{operation.name} states no order"
