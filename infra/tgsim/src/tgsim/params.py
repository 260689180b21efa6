"""The parameters of one Bot API call, from the query and from a JSON, urlencoded or multipart body."""

import json
from dataclasses import dataclass, field
from typing import Any

from starlette.datastructures import UploadFile
from starlette.exceptions import HTTPException
from starlette.requests import Request

from tgsim.errors import Refusal, bad_request

MAX_REQUEST_BYTES = 50 * 1024 * 1024
_FORMS = ("application/x-www-form-urlencoded", "multipart/form-data")


@dataclass
class Params:
    """Named values (str, or what JSON had) and uploaded files."""

    values: dict[str, Any] = field(default_factory=dict)
    files: dict[str, bytes] = field(default_factory=dict)

    def text(self, name: str) -> str:
        """The value as text, empty when absent; raises Refusal if it is not valid Unicode."""
        value = self.values.get(name)
        if isinstance(value, bool | list | dict):
            raise bad_request(f'field "{name}" must be of type String')
        text = "" if value is None else str(value)
        try:
            text.encode()
        except UnicodeEncodeError:
            raise bad_request("strings must be encoded in UTF-8") from None
        return text

    def integer(self, name: str) -> int | None:
        """The value as an integer, or None when it is absent or not one."""
        try:
            return int(self.text(name))
        except ValueError:
            return None


async def read_params(request: Request) -> Params:
    """Read the whole request; raises Refusal when its body cannot be parsed or is too large."""
    if int(request.headers.get("content-length", 0)) > MAX_REQUEST_BYTES:
        raise Refusal(413, "Request Entity Too Large")
    params = Params(dict(request.query_params))
    content_type = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if content_type == "application/json":
        params.values.update(_json_object(await request.body()))
    elif content_type in _FORMS:
        await _read_form(request, params)
    else:
        await request.body()  # Telegram ignores a body it has no name for
    return params


def _json_object(body: bytes) -> dict[str, Any]:
    try:
        values = json.loads(body or b"{}")
    except ValueError:
        raise bad_request("can't parse JSON object") from None
    if not isinstance(values, dict):
        raise bad_request("JSON object expected")
    return values


async def _read_form(request: Request, params: Params) -> None:
    try:
        async with request.form() as form:
            for name, value in form.items():
                if isinstance(value, UploadFile):
                    params.files[name] = await value.read()
                else:
                    params.values[name] = value
    except HTTPException as malformed:
        raise bad_request(f"can't parse form: {malformed.detail}") from malformed
