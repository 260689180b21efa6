"""Which secrets a process does not start with: those that somebody could guess, or that were copied from an example."""

import math
import re
from collections import Counter
from collections.abc import Iterator
from urllib.parse import unquote, urlsplit

PASSWORD_CHARACTERS = 12
"""Of a URL's password: the servers behind it are reached by a network that others are kept out of."""
SECRET_CHARACTERS = 16
MIN_BITS = 32
"""By how often each character comes: of 100,000 times 16 random hexadecimal digits none had less, equal ones have 0."""
MIN_DIFFERENT = 5
"""Characters; of 16 random hexadecimal digits one in millions has fewer."""

PLACEHOLDERS = (
    *("changeme", "changeit", "changethis", "replaceme", "placeholder", "example", "password", "passw0rd", "insecure"),
    *("yourtoken", "yoursecret", "yourkey", "mysecret", "secretkey", "supersecret", "qwerty", "123456789", "abcdefgh"),
    *("letmein", "donotuse"),
)
"""What secrets of examples are made of; letters and digits alone are compared."""

PUBLISHED = (
    "AAHdqTcvCH1vGWJxfSeofSAs0K5PALDsaw",  # Telegram's own documentation
    "ABC-DEF1234ghIkl-zyx57W2v1u123ew11",
    "q1dXpw3UpT5VOmu_cf_v6ih07Aems3njxI-JWgLcM94",  # RFC 8291
    "yfWPiYE-n46HLnH0KqZOF1fJJU3MYrct3AELtAQ-oRw",
)
"""Those that everybody can read."""

NEED_A_PASSWORD = ("amqp", "amqps", "postgres", "postgresql")
"""A broker's URL without one means guest's; a database's, that its role needs none."""

_KNOWN = re.compile(
    r"(guest|postgres|sql|rabbit|mq|redis|admin|root|user|pulse|bot|test|demo"
    r"|secret|token|key|default|local|dev|prod|\d)+"
)
"""Whole secrets of names that everybody tries first."""

_REPEATED = re.compile(r"(.{1,16}?)\1+", re.DOTALL)
_BOT_TOKEN = re.compile(r"\d+:(?P<secret>.*)", re.DOTALL)
_URL = re.compile(r"[a-z][a-z0-9+.]*://")


def weakness(value: str) -> str | None:
    """What is wrong with a secret setting, in words without its value; None: nothing.

    A URL is judged by its password, a bot's token by what follows its number, a list by each of its parts.
    """
    return next((found for part in _parts(value) if (found := _weakness_of_one(part))), None)


def _parts(value: str) -> Iterator[str]:
    yield from [value] if _URL.match(value) else value.split(",")


def _weakness_of_one(value: str) -> str | None:
    if _URL.match(value):
        return _weakness_of_url(value)
    if is_token := _BOT_TOKEN.fullmatch(value):
        value = is_token["secret"]
    return _weakness_of_text(value, SECRET_CHARACTERS)


def _weakness_of_url(url: str) -> str | None:
    try:
        parts = urlsplit(url)
        password, user = unquote(parts.password or ""), unquote(parts.username or "")
    except ValueError:
        return None  # whoever connects by it says what is wrong with it
    if not password:
        needed = parts.scheme.partition("+")[0] in NEED_A_PASSWORD and parts.hostname
        return "has no password" if needed else None
    if user and _plain(user) == _plain(password):
        return "has its user's name for a password"
    found = _weakness_of_text(password, PASSWORD_CHARACTERS)
    return found and f"has a password that {found}"


def _weakness_of_text(text: str, least: int) -> str | None:
    text = text.strip()
    if text in PUBLISHED:
        return "is printed in documentation that everybody can read"
    plain = _plain(text)
    if any(word in plain for word in PLACEHOLDERS):
        return "looks like an example that was left in"
    if _KNOWN.fullmatch(plain) and not plain.isdecimal():
        return "is made of names that everybody tries first"
    if len(text) < least:
        return f"has less than {least} characters"
    if bits(text) < MIN_BITS or len(set(text)) < MIN_DIFFERENT or _REPEATED.fullmatch(text):
        return "repeats few characters, and could be guessed"
    return None


def bits(text: str) -> float:
    """How much its characters tell, by how often each comes: an upper bound of what must be guessed."""
    counts = Counter(text).values()
    return -sum(count * math.log2(count / len(text)) for count in counts)


def _plain(text: str) -> str:
    return "".join(filter(str.isalnum, text.lower()))
