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


@dataclass(frozen=True)
class Upload:
    """One file of a multipart body, and the name it came with."""

    content: bytes
    name: str


@dataclass
class Params:
    """Named values (str, or what JSON had) and uploaded files."""

    values: dict[str, Any] = field(default_factory=dict)
    files: dict[str, Upload] = field(default_factory=dict)

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

    def boolean(self, name: str) -> bool:
        """Whether the value is true as Telegram reads it: `true`, `yes` or `1` in any case."""
        value = self.values.get(name)
        return value if isinstance(value, bool) else self.text(name).lower() in ("true", "yes", "1")

    def json(self, name: str) -> Any:
        """The value, parsed where it came as JSON text; None when absent; raises Refusal."""
        value = self.values.get(name)
        if not isinstance(value, str):
            return value
        if not value.strip():
            return None
        try:
            return json.loads(value)
        except ValueError:
            raise bad_request(f'can\'t parse field "{name}" as JSON') from None

    def object(self, name: str) -> dict[str, Any]:
        """The value as a JSON object, empty when absent; raises Refusal."""
        value = self.json(name)
        if value is None:
            return {}
        if not isinstance(value, dict):
            raise bad_request(f'field "{name}" must be an Object')
        return value

    def file(self, name: str) -> Upload | str | None:
        """The upload under the name or the one it attaches; else the text (a file_id or URL), None when absent.

        Raises Refusal where an attached file did not come.
        """
        if name in self.files:
            return self.files[name]
        return self.attached(self.text(name), name)

    def attached(self, value: str, name: str) -> Upload | str | None:
        """What `attach://` in `value` names, else the value itself, None when it is empty; raises Refusal."""
        if not value.startswith("attach://"):
            return value or None
        upload = self.files.get(value.removeprefix("attach://"))
        if upload is None:
            raise bad_request(f"there is no {name} in the request")
        return upload


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
                    params.files[name] = Upload(await value.read(), value.filename or "")
                else:
                    params.values[name] = value
    except HTTPException as malformed:
        raise bad_request(f"can't parse form: {malformed.detail}") from malformed
