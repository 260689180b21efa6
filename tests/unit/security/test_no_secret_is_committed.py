"""Nothing that is committed is a secret: patterns of detect-secrets, and our own, over every tracked file.

Only its patterns: what it tells by entropy or by names takes minutes, and found nothing but examples and hashes.
"""

import hashlib
import re
import subprocess
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest
from detect_secrets.core.plugins.util import get_mapping_from_secret_type_to_class
from detect_secrets.plugins.base import RegexBasedDetector
from local.workspace import find_root
from servicekit.weak_secrets import weakness

ROOT = find_root(Path(__file__).parent)
KNOWN = tomllib.loads(Path(__file__).with_name("known_secrets.toml").read_text())["known"]
"""By file, hashes of what looks like a secret and is none, with why."""

LEFT_OUT = ("Public IP", "Basic Auth", "IBM", "SoftLayer", "Cloudant", "Watson")
"""Addresses are no secrets; of passwords in URLs our own pattern asks whether they could be guessed anyway; those of
clouds that nothing here uses take longer than all others together."""

OURS = {
    "API key of Pulse": re.compile(r"\bpulse_[A-Za-z0-9_-]{40,}"),
    "secret of a webhook": re.compile(r"\bwhsec_[A-Za-z0-9+/]{24,}={0,2}"),
    "token of a bot": re.compile(r"\b\d{8,10}:[A-Za-z0-9_-]{35}\b"),
    "password in a URL": re.compile(r"\b[a-z][a-z0-9+]{2,}://[^\s:/@\"'`<>{}]*:(?P<secret>[^\s:/@\"'`<>{}$]{8,})@"),
}
NEVER_TRACKED = (".env", ".secrets/", ".local/", "uv.lock")
MAX_BYTES = 2_000_000


def patterns() -> dict[str, list[re.Pattern[str]]]:
    known: dict[str, type] = get_mapping_from_secret_type_to_class()
    found = {
        name: [re.compile(each) for each in made().denylist]
        for name, made in known.items()
        if issubclass(made, RegexBasedDetector) and not name.startswith(LEFT_OUT)
    }
    return found | {name: [pattern] for name, pattern in OURS.items()}


PATTERNS = patterns()


def tracked() -> list[str]:
    said = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True, check=True).stdout
    return [name for name in said.split("\0") if name]


def secrets_in(text: str) -> Iterator[tuple[str, str]]:
    """Kind and text of what looks like a secret, but for what could be guessed anyway."""
    for kind, of_kind in PATTERNS.items():
        for pattern in of_kind:
            for match in pattern.finditer(text):
                secret = match["secret"] if "secret" in pattern.groupindex else match[0]
                if kind != "password in a URL" or weakness(secret) is None:
                    yield kind, secret


def fingerprint(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()[:16]


def test_no_tracked_file_holds_one() -> None:
    found = []
    scanned = 0
    for name in tracked():
        path = ROOT / name
        if not path.is_file() or path.stat().st_size > MAX_BYTES:
            continue
        text = path.read_bytes().decode(errors="replace")
        scanned += 1
        known = KNOWN.get(name, {})
        found += [
            f"{name}: {kind} ({fingerprint(secret)})"
            for kind, secret in secrets_in(text)
            if fingerprint(secret) not in known
        ]
    assert scanned > 1_000
    assert not sorted(set(found)), "a secret, or say in known_secrets.toml why it is none"


def test_what_is_known_is_still_there() -> None:
    for name, known in KNOWN.items():
        there = {fingerprint(secret) for _, secret in secrets_in((ROOT / name).read_text())}
        assert set(known) <= there, name


def test_what_holds_secrets_is_not_tracked() -> None:
    assert not [name for name in tracked() if name.startswith(NEVER_TRACKED)]
    ignored = (ROOT / ".gitignore").read_text().splitlines()
    assert set(NEVER_TRACKED) <= set(ignored)


@pytest.mark.parametrize(
    "planted",
    [
        "key = 'pulse_" + "Zt7qLw2xVb9sKd4mRf6hYpZt7qLw2xVb9sKd4mRf6hY'",
        '"secret": "whsec_' + 'MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"',
        "token 5312345678:" + "AAE9xPq3vN8xYb1LrWm5KcZ0sHdJ7uGfEaT",
        "amqp://pulse:" + "Zt7qLw2xVb9sKd4m@broker:5672/",
        "-----BEGIN RSA " + "PRIVATE KEY-----",
        "AKIA" + "Q3EGRZ7PLX5N2WVT",
        "eyJhbGciOiJFUzI1NiJ9" + ".eyJzaWQiOiI3ZjMwYTEifQ" + ".c2lnbmF0dXJlLW9mLXdi",
    ],
)
def test_one_that_is_planted_is_found(planted: str) -> None:
    assert list(secrets_in(f"first line\n{planted}\n"))
