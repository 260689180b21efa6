"""WB's contract files and sample answers, read from beside the repository where they are present."""

import json
from pathlib import Path
from typing import Any

from jsonschema import Draft202012Validator

WB = Path(__file__).parents[3] / "shared" / "wb"
CONTRACT = WB / "openapi" / "derived-2026-10-24"
SAMPLES = WB / "samples" / "official-examples"


def answer_problems(spec: str, verb: str, path: str, status: int, body: Any) -> list[str]:
    """What the contract has against the body of an answer; keys it does not name count as problems."""
    document = json.loads((CONTRACT / f"{spec}.json").read_text())
    answer = document["paths"][path][verb.lower()]["responses"][str(status)]
    schema = next(iter(answer["content"].values()))["schema"]
    components = {name: _as_json_schema(each) for name, each in document["components"]["schemas"].items()}
    whole = {**_as_json_schema(schema), "components": {"schemas": components}}
    validator = Draft202012Validator(whole, format_checker=Draft202012Validator.FORMAT_CHECKER)
    return [f"{error.json_path}: {error.message}" for error in validator.iter_errors(body)]


def sample(name: str) -> Any:
    """One official example."""
    return json.loads((SAMPLES / f"{name}.json").read_text())


def _as_json_schema(schema: Any) -> Any:
    """OpenAPI 3.0 as JSON Schema: `nullable` becomes a null type, named properties are the only ones."""
    if isinstance(schema, list):
        return [_as_json_schema(item) for item in schema]
    if not isinstance(schema, dict):
        return schema
    converted = {
        key: {name: _as_json_schema(each) for name, each in value.items()}
        if key == "properties"
        else value
        if key in {"example", "enum", "default", "required"}
        else _as_json_schema(value)
        for key, value in schema.items()
        if key != "nullable"
    }
    if "properties" in converted:
        converted.setdefault("additionalProperties", False)
    if schema.get("nullable"):
        return {"anyOf": [converted, {"type": "null"}]}
    return converted
