"""Addresses of targets: whether they are any, what is shown of them, and how two are known to be the same."""

import base64
import binascii
import hashlib
import re
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from contracts.notification_targets import EmailAddress, FirebaseToken, PushSubscription, TargetChannel

MAX_EMAIL = 254
AUTH_BYTES = 16

# The curve of Web Push: y² = x³ - 3x + B, modulo P.
_P = 2**256 - 2**224 + 2**192 + 2**96 - 1
_B = 0x5AC635D8AA3A93E7B3EBBD55769886BC651D06B0CC53B0F63BCE3C3E27D2604B

_LOCAL_PART = re.compile(r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+(\.[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+)*")
_LABEL = re.compile(r"[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?")


class NotAnAddress(ValueError):
    """What was given is no address of the channel."""


@dataclass(frozen=True)
class Address:
    """Where a target is: `sealed` is what only the notifier may read, the rest may be kept and shown."""

    channel: TargetChannel
    hint: str
    sealed: EmailAddress | PushSubscription | FirebaseToken | None = None
    fingerprint: bytes | None = None
    """Of the same address the same; None: the address could be guessed from it."""
    chat_id: int | None = None
    topic_id: int | None = None


def email_address(text: str, *, unsubscribe: str) -> Address:
    """An address of ASCII characters; its domain may have others, and is kept as DNS has it.

    Raises:
        NotAnAddress: quoted parts, addresses of machines and names without a dot are none, nor what SMTP cannot say.
    """
    local, at, domain = text.strip().rpartition("@")
    try:
        ascii_domain = domain.encode("idna").decode("ascii").lower()
    except UnicodeError:
        raise NotAnAddress("not an e-mail address") from None
    labels = ascii_domain.split(".")
    is_address = (
        bool(at) and len(local) <= 64 and _LOCAL_PART.fullmatch(local) is not None and len(labels) > 1
        and all(map(_LABEL.fullmatch, labels)) and not labels[-1].isdigit()
    )  # fmt: skip
    address = f"{local}@{ascii_domain}"
    if not is_address or len(address) > MAX_EMAIL:
        raise NotAnAddress("not an e-mail address")
    return Address("email", f"{local[0]}…@{ascii_domain}", EmailAddress(address=address, unsubscribe=unsubscribe))


def push_subscription(endpoint: str, p256dh: str, auth: str) -> Address:
    """A browser's subscription. Whether its endpoint may be called is asked elsewhere.

    Raises:
        NotAnAddress: its keys are none.
    """
    key, secret = _decoded(p256dh), _decoded(auth)
    if not _is_on_p256(key):
        raise NotAnAddress("p256dh is not a public key of the curve P-256")
    if len(secret) != AUTH_BYTES:
        raise NotAnAddress(f"auth is not {AUTH_BYTES} bytes in base64url")
    sealed = PushSubscription(endpoint=endpoint, p256dh=_encoded(key), auth=_encoded(secret))
    hint = urlsplit(endpoint).hostname or ""
    return Address("webpush", hint, sealed, fingerprint=_fingerprint("webpush", endpoint))


def firebase_token(token: str) -> Address:
    """An app's registration token."""
    return Address("firebase", f"…{token[-4:]}", FirebaseToken(token=token), _fingerprint("firebase", token))


def telegram_group(chat_id: int, topic_id: int | None, title: str) -> Address:
    """A group, or one topic of it."""
    fingerprint = _fingerprint("telegram", f"{chat_id}/{topic_id or ''}")
    return Address("telegram", title, None, fingerprint, chat_id, topic_id)


def fields_of(address: Address) -> dict[str, Any]:
    """Its columns that are not sealed."""
    return {name: getattr(address, name) for name in ("channel", "hint", "fingerprint", "chat_id", "topic_id")}


def _fingerprint(channel: str, address: str) -> bytes:
    return hashlib.sha256(f"{channel}\n{address}".encode()).digest()


def _is_on_p256(key: bytes) -> bool:
    if len(key) != 65 or key[0] != 4:
        return False
    x, y = int.from_bytes(key[1:33], "big"), int.from_bytes(key[33:], "big")
    return max(x, y) < _P and (y * y - (x * x * x - 3 * x + _B)) % _P == 0


def _decoded(text: str) -> bytes:
    try:
        return base64.b64decode(text.rstrip("=") + "=" * (-len(text.rstrip("=")) % 4), altchars=b"-_", validate=True)
    except (binascii.Error, ValueError):
        raise NotAnAddress("not base64url") from None


def _encoded(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()
