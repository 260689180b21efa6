"""Secrets sealed to one service: whoever seals cannot read them back.

A sealed secret is `<key id>.<base64 of a libsodium sealed box>`. The box holds the secret and what it
belongs to, so that a ciphertext moved to another row does not open.
"""

import base64
import json

import nacl.exceptions
from nacl.public import PrivateKey, PublicKey, SealedBox


class CannotOpen(Exception):
    """A sealed secret that no key of ours opens, or that belongs to something else."""


def generate_keys() -> tuple[str, str]:
    """A new key pair: (public, private), both base64."""
    private = PrivateKey.generate()
    return _encode(bytes(private.public_key)), _encode(bytes(private))


def seal(secret: str, *, public_key: str, belongs_to: str) -> str:
    """Seal `secret` to the owner of `public_key`, tied to `belongs_to` (for instance a cabinet id)."""
    key = PublicKey(base64.b64decode(public_key))
    box = SealedBox(key).encrypt(json.dumps([belongs_to, secret]).encode())
    return f"{_key_id(key)}.{_encode(box)}"


def unseal(sealed: str, *, private_keys: str, belongs_to: str) -> str:
    """The secret. `private_keys` is a comma-separated list, so that keys can be rotated: old ones still open.

    Raises:
        CannotOpen: made for another key, damaged, or tied to something else.
    """
    key_id, _, box = sealed.partition(".")
    for key in _private_keys(private_keys):
        if _key_id(key.public_key) == key_id:
            try:
                owner, secret = json.loads(SealedBox(key).decrypt(base64.b64decode(box)))
            except (nacl.exceptions.CryptoError, ValueError, TypeError) as error:
                raise CannotOpen("the sealed secret is damaged") from error
            if owner != belongs_to:
                raise CannotOpen("the sealed secret belongs to something else")
            return str(secret)
    raise CannotOpen(f"no private key with id {key_id!r}: was the key rotated away?")


def reseal(sealed: str, *, private_keys: str, belongs_to: str) -> str:
    """The same secret sealed to the newest of our keys, which is the first; what is sealed to it already stays.

    Raises:
        CannotOpen: as `unseal`.
    """
    newest = _private_keys(private_keys)[0].public_key
    if sealed.partition(".")[0] == _key_id(newest):
        return sealed
    secret = unseal(sealed, private_keys=private_keys, belongs_to=belongs_to)
    return seal(secret, public_key=_encode(bytes(newest)), belongs_to=belongs_to)


def key_ids(private_keys: str) -> list[str]:
    """The ids of our keys in their order, the newest first: what a sealed secret begins with."""
    return [_key_id(key.public_key) for key in _private_keys(private_keys)]


def key_id(public_key: str) -> str:
    """The id of the key that seals."""
    return _key_id(PublicKey(base64.b64decode(public_key)))


def check_private_keys(private_keys: str) -> str:
    """The same list of keys, for settings: a wrong one must stop the start, not the first secret.

    Raises:
        ValueError: one of them is not a key.
    """
    try:
        _private_keys(private_keys)
    except (ValueError, TypeError, nacl.exceptions.CryptoError) as error:
        raise ValueError("not a list of private keys; make one with `python -m servicekit keygen`") from error
    return private_keys


def _private_keys(private_keys: str) -> list[PrivateKey]:
    encoded = [part.strip() for part in private_keys.split(",") if part.strip()]
    if not encoded:
        raise ValueError("no key")
    return [PrivateKey(base64.b64decode(part, validate=True)) for part in encoded]


def _key_id(key: PublicKey) -> str:
    return bytes(key).hex()[:8]


def _encode(data: bytes) -> str:
    return base64.b64encode(data).decode()
