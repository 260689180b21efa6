"""Heads as they leave the house: signed, and each with the hash of the one before."""

import base64
import binascii
import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from nacl.exceptions import CryptoError
from nacl.signing import SigningKey, VerifyKey

from audit.chain import canonical

KEY_BYTES = 32
FIRST = "0" * 64
"""What stands where the first head would name the one before."""

_SIGNED_AS = b"pulse audit head 1\n"


class BadHead(Exception):
    """A line that is no head, or was not signed with the key."""


@dataclass(frozen=True)
class End:
    """Where a chain ended at that time."""

    tenant: UUID
    seq: int
    hash: bytes


@dataclass(frozen=True)
class Head:
    """The ends of all chains that moved since the head before."""

    number: int
    at: datetime
    previous: str
    """SHA-256 of the line before, in hex."""
    ends: Sequence[End]


def new_key() -> tuple[str, str]:
    """A key that signs, and the one that verifies, both base64."""
    key = SigningKey.generate()
    return _encode(bytes(key)), _encode(bytes(key.verify_key))


def signing_key(text: str) -> SigningKey:
    """The key that `new_key` gave.

    Raises:
        ValueError: it is none.
    """
    return SigningKey(_decoded(text))


def verify_key(text: str) -> VerifyKey:
    """The other one.

    Raises:
        ValueError: it is none.
    """
    return VerifyKey(_decoded(text))


def line_of(head: Head, key: SigningKey) -> bytes:
    """A head as one line of JSON, without its end."""
    said = {
        "number": head.number,
        "at": head.at.isoformat(),
        "previous": head.previous,
        "ends": [[str(end.tenant), end.seq, end.hash.hex()] for end in head.ends],
    }
    signature = key.sign(_SIGNED_AS + canonical(said)).signature
    return canonical({"head": said, "signature": _encode(signature)})


def read_line(line: bytes, key: VerifyKey) -> Head:
    """The head that a line holds.

    Raises:
        BadHead: it was not signed with this key, or is no head.
    """
    try:
        read = json.loads(line)
        said, signature = read["head"], base64.b64decode(read["signature"], validate=True)
        key.verify(_SIGNED_AS + canonical(said), signature)
        ends = [End(UUID(tenant), int(seq), bytes.fromhex(digest)) for tenant, seq, digest in said["ends"]]
        return Head(int(said["number"]), datetime.fromisoformat(said["at"]), str(said["previous"]), ends)
    except CryptoError as error:
        raise BadHead("not signed with this key, or changed since") from error
    except (ValueError, TypeError, KeyError, AttributeError) as error:
        raise BadHead("no head") from error


def digest_of(line: bytes) -> str:
    """What the next head names."""
    return hashlib.sha256(line).hexdigest()


def _decoded(text: str) -> bytes:
    try:
        raw = base64.b64decode(text.strip(), validate=True)
    except binascii.Error as error:
        raise ValueError("not base64") from error
    if len(raw) != KEY_BYTES:
        raise ValueError(f"a key has {KEY_BYTES} bytes, this has {len(raw)}")
    return raw


def _encode(raw: bytes) -> str:
    return base64.b64encode(raw).decode()
