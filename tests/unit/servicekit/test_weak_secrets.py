"""No service starts with a secret that could be guessed: every secret setting of every service is tried."""

import base64
import os
import secrets
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from gateway.keys import PREFIX
from local.workspace import find_root
from servicekit.crypto import generate_keys
from servicekit.settings import is_secret
from servicekit.weak_secrets import bits, weakness
from support.settings import settings_of

SERVICES = sorted(path.parent.name for path in find_root(Path(__file__).parent).glob("services/*/src/*/settings.py"))


def random_url(scheme: str) -> Callable[[], str]:
    return lambda: f"{scheme}://somebody:{secrets.token_urlsafe(12)}@server:1"


STRONG: dict[str, Callable[[], str]] = {
    "database_url": random_url("postgresql"),
    "database_replica_url": random_url("postgresql"),
    "redis_url": random_url("redis"),
    "rabbitmq_url": random_url("amqp"),
    "smtp_url": random_url("smtp"),
    "telegram_bot_token": lambda: f"1234567890:{secrets.token_urlsafe(27)[:35]}",
    "gateway_api_key": lambda: PREFIX + secrets.token_urlsafe(32),
    "access_token_secrets": lambda: ",".join(secrets.token_urlsafe(32) for _ in range(2)),
    "bot_webhook_secret": lambda: secrets.token_urlsafe(16),
    "wb_webhook_secrets": lambda: ",".join(secrets.token_hex(16) for _ in range(2)),
    "seal_private_keys": lambda: ",".join(generate_keys()[1] for _ in range(2)),
    "head_signing_key": lambda: base64.b64encode(secrets.token_bytes(32)).decode(),
    "vapid_private_key": lambda: base64.urlsafe_b64encode(b"\x01" + secrets.token_bytes(31)).decode().rstrip("="),
}
"""What each secret setting may be. A new one is said here, or its class says that others make it."""

BESIDE = {
    "BOT_WEBHOOK_URL": "https://bot.example.ru/updates",
    "PUBLIC_URL": "https://pulse.example.ru",
    "SMTP_FROM": "Pulse <pulse@example.ru>",
    "VAPID_SUBJECT": "mailto:pulse@example.ru",
    "HEADS_PATH": "/var/lib/heads",
    "GATEWAY_URL": "http://gateway:8080",
    **dict.fromkeys(("SEAL_PUBLIC_KEY", "SEAL_WEBHOOKS_PUBLIC_KEY"), generate_keys()[0]),
}
"""What is needed beside secrets."""

WEAK_PASSWORDS = ("", "guest", "pulse", "postgres1234", "changeme-changeme", "aaaaaaaaaaaaaaaa", "somebody")
WEAK_TEXTS = (
    *("short", "a" * 64, "ab" * 32, "0" * 43, "changeme" * 5, "your-secret-key-of-thirty-two-bytes-or-more"),
    *(
        "replace_me_replace_me_replace_me_now",
        "example-secret-Zt7qLw2xVb9sKd4mRf6hYp",
        "pulse-admin-secret-token-2026-bot",
    ),
    base64.b64encode(bytes(32)).decode(),
)
BOT_TOKENS = (
    *("1:bot", "110201543:AAHdqTcvCH1vGWJxfSeofSAs0K5PALDsaw", "123456:ABC-DEF1234ghIkl-zyx57W2v1u123ew11"),
    *("123456789:" + "A" * 35, "YOUR_TOKEN_FROM_BOTFATHER_GOES_HERE"),
)


def secret_settings(service: str) -> list[str]:
    made = settings_of(service)
    return [name for name, field in made.model_fields.items() if is_secret(field) and name not in made.made_by_others]


def weak(name: str) -> Iterator[str]:
    if name.endswith("_url"):
        scheme = STRONG[name]().partition(":")[0]
        for password in WEAK_PASSWORDS:
            if password or scheme in ("amqp", "postgresql"):
                yield f"{scheme}://somebody:{password}@server:1"
        return
    yield from BOT_TOKENS if name == "telegram_bot_token" else WEAK_TEXTS


@pytest.fixture
def env(monkeypatch: pytest.MonkeyPatch) -> pytest.MonkeyPatch:
    """An environment with strong secrets only, for any service."""
    for name in {*os.environ} & {name.upper() for service in SERVICES for name in settings_of(service).model_fields}:
        monkeypatch.delenv(name)
    for name, strong in STRONG.items():
        monkeypatch.setenv(name.upper(), strong())
    for name, value in BESIDE.items():
        monkeypatch.setenv(name, value)
    return monkeypatch


@pytest.mark.parametrize("service", SERVICES)
def test_every_secret_that_could_be_guessed_keeps_it_from_starting(
    env: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], service: str
) -> None:
    made = settings_of(service)
    names = secret_settings(service)
    assert set(names) <= STRONG.keys(), "say what a strong one looks like"
    assert names
    made.from_environment()
    for name in names:
        for value in weak(name):
            with env.context() as changed:
                changed.setenv(name.upper(), value)
                with pytest.raises(SystemExit) as ended:
                    pytest.fail(f"{name} may be {value}: {made.from_environment()}")
            said = capsys.readouterr().err
            assert ended.value.code == 2
            assert said.startswith(f"{name.upper()}: "), (value, said)
            assert len(said.splitlines()) == 1
            password = value.rpartition("@")[0].rpartition(":")[2] if name.endswith("_url") else value
            assert len(password) < 8 or password not in said


@pytest.mark.parametrize("service", SERVICES)
def test_one_of_a_list_that_could_be_guessed_is_enough(env: pytest.MonkeyPatch, service: str) -> None:
    for name in set(secret_settings(service)) & {"access_token_secrets", "wb_webhook_secrets"}:
        env.setenv(name.upper(), f"{secrets.token_urlsafe(32)},{'changeme' * 5}")
        with pytest.raises(SystemExit):
            settings_of(service).from_environment()


@pytest.mark.parametrize("service", SERVICES)
def test_on_trial_it_starts_with_any(env: pytest.MonkeyPatch, service: str) -> None:
    names = secret_settings(service)
    for name in names:
        if name.endswith("_url") and name != "smtp_url":
            env.setenv(name.upper(), f"{STRONG[name]().partition(':')[0]}://guest:guest@server:1/x")
    if "telegram_bot_token" in names:
        env.setenv("TELEGRAM_BOT_TOKEN", "1:bot")
    made = settings_of(service)
    with pytest.raises(SystemExit):
        made.from_environment()
    env.setenv("ALLOW_WEAK_SECRETS", "1")
    assert made.from_environment().weak_secrets() == {}


def test_random_ones_are_never_weak() -> None:
    for strong in STRONG.values():
        for _ in range(200):
            value = strong()
            assert weakness(value) is None, value
    assert min(bits(secrets.token_urlsafe(9)) for _ in range(100)) < 72, "an upper bound of what is random"


@pytest.mark.parametrize(
    "url",
    [
        "redis://redis:6379/0",  # on a network of its own
        "smtp://127.0.0.1:25",
        "postgresql:///pulse?host=/run/postgresql",  # a socket, by which the system says who asks
        "amqp://[no-address",  # whoever connects by it says what is wrong
    ],
)
def test_a_url_may_be_without_a_password_where_none_is_needed(url: str) -> None:
    assert weakness(url) is None
