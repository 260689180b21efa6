"""Firebase Cloud Messaging, HTTP v1, and the tokens that Google gives for it."""

import json
import re
import time
from collections.abc import Mapping
from typing import Any

import jwt

from pushsim.state import ACCOUNT, Sim

SCOPE = "https://www.googleapis.com/auth/firebase.messaging"
GRANT = "urn:ietf:params:oauth:grant-type:jwt-bearer"
MAX_PAYLOAD_BYTES = 4096

_STATUS = {400: "INVALID_ARGUMENT", 401: "UNAUTHENTICATED", 403: "PERMISSION_DENIED", 404: "NOT_FOUND"}
_STATUS |= {429: "RESOURCE_EXHAUSTED", 500: "INTERNAL", 503: "UNAVAILABLE"}
_FIELDS: Mapping[str, frozenset[str]] = {
    "": frozenset({"message", "validate_only"}),
    "message": frozenset({"token", "notification", "data", "android", "apns", "webpush", "fcm_options"}),
    "notification": frozenset({"title", "body", "image"}),
    "android": frozenset({"collapse_key", "priority", "ttl", "data", "notification", "restricted_package_name"}),
    "apns": frozenset({"headers", "payload", "fcm_options"}),
}
_TTL = re.compile(r"\d+(\.\d{1,9})?s")


class CallRefused(Exception):
    """An error as Google's interfaces answer it."""

    def __init__(self, status: int, message: str, code: str | None = None) -> None:
        super().__init__(message)
        self.status = status
        self.code = code

    def as_json(self) -> dict[str, Any]:
        """The body of the answer."""
        error: dict[str, Any] = {
            "code": self.status, "message": str(self), "status": _STATUS.get(self.status, "UNKNOWN"),
        }  # fmt: skip
        if self.code is not None:
            kind = "type.googleapis.com/google.firebase.fcm.v1.FcmError"
            error["details"] = [{"@type": kind, "errorCode": self.code}]
        return {"error": error}


def give_token(sim: Sim, form: Mapping[str, Any]) -> dict[str, Any]:
    """An access token for an assertion.

    Raises:
        CallRefused.
    """
    if form.get("grant_type") != GRANT:
        raise CallRefused(400, "unsupported_grant_type")
    try:
        claims = jwt.decode(
            str(form.get("assertion")), sim.key.public_key(), ["RS256"], audience=f"{sim.url}/token",
            options={"require": ["exp", "iat", "iss", "aud"]},
        )  # fmt: skip
    except jwt.InvalidTokenError as error:
        raise CallRefused(400, f"invalid_grant: {error}") from None
    if claims["iss"] != ACCOUNT or claims.get("scope") != SCOPE or claims["exp"] - claims["iat"] > 3600:
        raise CallRefused(400, "invalid_grant: whose it is, its scope, or how long it lasts")
    return {"access_token": sim.new_access_token(), "expires_in": sim.token_seconds, "token_type": "Bearer"}


def take(sim: Sim, authorization: str, body: bytes) -> str:
    """Take a message into the inbox; its name.

    Raises:
        CallRefused.
    """
    check_token(sim, authorization)
    message = _message(body)
    token = message.get("token")
    if not isinstance(token, str) or ":" not in token:
        raise CallRefused(400, "The registration token is not a valid FCM registration token", "INVALID_ARGUMENT")
    if not sim.devices.get(token, False):
        raise CallRefused(404, "Requested entity was not found.", "UNREGISTERED")
    sim.inbox.put("firebase", token, message=message)
    return f"projects/x/messages/0:{len(sim.inbox.since())}"


def check_token(sim: Sim, authorization: str) -> None:
    """Raises CallRefused: the access token was not given here, or is past its time."""
    if sim.access_tokens.get(authorization.removeprefix("Bearer "), 0.0) <= time.time():
        raise CallRefused(401, "Request had invalid authentication credentials.")


def _message(body: bytes) -> dict[str, Any]:
    try:
        call = json.loads(body)
    except ValueError:
        raise CallRefused(400, "Invalid JSON payload received.", "INVALID_ARGUMENT") from None
    _known("", call)
    message = call.get("message")
    for name in ("message", "notification", "android", "apns"):
        _known(name, message if name == "message" else message.get(name, {}))
    data = message.get("data", {})
    if not isinstance(data, dict) or not all(isinstance(value, str) for value in data.values()):
        raise CallRefused(400, "Invalid value at 'message.data'", "INVALID_ARGUMENT")
    android = message.get("android", {})
    if android.get("priority", "HIGH") not in ("HIGH", "NORMAL") or not _TTL.fullmatch(android.get("ttl", "0s")):
        raise CallRefused(400, "Invalid value at 'message.android'", "INVALID_ARGUMENT")
    headers = message.get("apns", {}).get("headers", {})
    if headers.get("apns-priority", "10") not in ("5", "10") or len(headers.get("apns-collapse-id", "")) > 64:
        raise CallRefused(400, "Invalid value at 'message.apns.headers'", "INVALID_ARGUMENT")
    sizes = json.dumps([message.get("notification"), data], ensure_ascii=False).encode()
    if len(sizes) > MAX_PAYLOAD_BYTES:
        raise CallRefused(400, "Android message is too big", "INVALID_ARGUMENT")
    return dict(message)


def _known(name: str, value: Any) -> None:
    if not isinstance(value, dict) or value.keys() - _FIELDS[name]:
        raise CallRefused(400, f'Invalid JSON payload received. Unknown name at "{name}"', "INVALID_ARGUMENT")
