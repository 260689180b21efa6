"""What a button of a Telegram message carries: what it does and with what, signed for the chat it is shown in.

Telegram gives 64 bytes and lets any client send back what it likes. The key comes from the bot's token, so that whoever
has the token makes buttons (the notifier) and believes them (the bot), and nobody else does either.
"""

import base64
import binascii
import hashlib
import hmac
import re

MAX_BODY_BYTES = 28
MAX_LENGTH = 64
"""Of `callback_data`, as Telegram counts it."""

_MAC_BYTES = 16
_ACTION_BYTES = 2
_ACTION = re.compile(r"[a-z]{1,2}")


class Forged(Exception):
    """A button that we did not make, or not for this chat."""


def callback_key(bot_token: str) -> bytes:
    """The key that signs buttons of this bot: 32 bytes, from which the token cannot be found."""
    return hmac.digest(bot_token.encode(), b"pulse callback data 1", hashlib.sha256)


def pack(action: str, body: bytes = b"", *, key: bytes, chat_id: int) -> str:
    """At most 64 ASCII characters that say `action` (one or two small letters) and `body` (28 bytes at most).

    Raises:
        ValueError: an action or a body that does not fit.
    """
    if _ACTION.fullmatch(action) is None:
        raise ValueError(f"an action is one or two small letters, not {action!r}")
    if len(body) > MAX_BODY_BYTES:
        raise ValueError(f"a body has {MAX_BODY_BYTES} bytes at most, not {len(body)}")
    said = action.encode().ljust(_ACTION_BYTES) + body
    return base64.urlsafe_b64encode(_mac(said, key, chat_id) + said).rstrip(b"=").decode()


def unpack(data: str, *, key: bytes, chat_id: int) -> tuple[str, bytes]:
    """The action and the body of a button that was pressed in `chat_id`.

    Raises:
        Forged: changed, cut, too long, made with another key or for another chat.
    """
    try:
        # Of what is longer than a button can be no more is looked at.
        cut = data[: MAX_LENGTH + 1].encode()
        raw = base64.b64decode(cut + b"=" * (-len(cut) % 4), altchars=b"-_", validate=True)
    except (binascii.Error, UnicodeError) as error:
        raise Forged("not a button of ours") from error
    said = raw[_MAC_BYTES:]
    try:
        action, body = said[:_ACTION_BYTES].decode().rstrip(), said[_ACTION_BYTES:]
        # Made anew rather than its mac compared: of several texts that decode alike only the one we made is ours.
        ours = pack(action, body, key=key, chat_id=chat_id)
    except ValueError as error:
        raise Forged("not a button of ours") from error
    if not hmac.compare_digest(ours.encode(), data.encode("utf-8", "surrogatepass")):
        raise Forged("a button of another chat or another bot, or one that was changed")
    return action, body


def _mac(said: bytes, key: bytes, chat_id: int) -> bytes:
    return hmac.digest(key, b"%d " % chat_id + said, hashlib.sha256)[:_MAC_BYTES]
