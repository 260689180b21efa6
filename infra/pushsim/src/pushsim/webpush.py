"""The Web Push service: RFC 8030, with what RFC 8291 and RFC 8292 ask for."""

import re
import time
from typing import Any

import http_ece
import jwt
from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1, EllipticCurvePublicKey
from starlette.datastructures import Headers

from pushsim.state import Browser, Sim, decoded

MAX_BODY_BYTES = 4096
MAX_TOKEN_SECONDS = 86_400

_TOPIC = re.compile(r"[A-Za-z0-9_-]{1,32}")
_VAPID = re.compile(r"vapid t=([A-Za-z0-9_.-]+), ?k=([A-Za-z0-9_-]+)")


class PushRefused(Exception):
    """A status and why."""

    def __init__(self, status: int, reason: str) -> None:
        super().__init__(reason)
        self.status = status


def take(sim: Sim, name: str, headers: Headers, body: bytes) -> None:
    """Take a push into the inbox.

    Raises:
        PushRefused.
    """
    browser = sim.browsers.get(name)
    if browser is None:
        raise PushRefused(404, "no such subscription")
    _check_vapid(sim, browser, headers.get("authorization", ""))
    if browser.is_gone:
        raise PushRefused(410, "the subscription ended")
    if len(body) > MAX_BODY_BYTES:
        raise PushRefused(413, "too large")
    ttl, urgency, topic = headers.get("ttl", ""), headers.get("urgency", "normal"), headers.get("topic")
    if not (ttl.isascii() and ttl.isdigit()):
        raise PushRefused(400, "no TTL")
    if urgency not in ("very-low", "low", "normal", "high"):
        raise PushRefused(400, "no such Urgency")
    if topic is not None and not _TOPIC.fullmatch(topic):
        raise PushRefused(400, "no such Topic")
    if headers.get("content-encoding") != "aes128gcm":
        raise PushRefused(400, "not encrypted as aes128gcm")
    try:
        opened = http_ece.decrypt(body, private_key=browser.private_key, auth_secret=browser.auth, version="aes128gcm")
        text = opened.decode()
    except (http_ece.ECEException, ValueError):
        # A real service cannot see it: the browser would drop it without a word.
        raise PushRefused(400, "the browser cannot open it") from None
    sim.inbox.put(
        "webpush", name, text=text, ttl=int(ttl), urgency=urgency, topic=topic, headers=dict(headers), size=len(body)
    )


def _check_vapid(sim: Sim, browser: Browser, authorization: str) -> None:
    found = _VAPID.fullmatch(authorization)
    if found is None:
        raise PushRefused(401, "no VAPID")
    token, key = found.groups()
    try:
        public = EllipticCurvePublicKey.from_encoded_point(SECP256R1(), decoded(key))
        claims: dict[str, Any] = jwt.decode(
            token, public, ["ES256"], audience=sim.url, options={"require": ["exp", "aud", "sub"]}
        )
    except (jwt.InvalidTokenError, ValueError) as error:
        raise PushRefused(401, f"VAPID: {error}") from None
    if claims["exp"] > time.time() + MAX_TOKEN_SECONDS or not str(claims["sub"]).startswith(("mailto:", "https://")):
        raise PushRefused(401, "VAPID: its end or its subject")
    if browser.vapid_key is not None and browser.vapid_key != key:
        raise PushRefused(403, "the subscription was made with another key")
