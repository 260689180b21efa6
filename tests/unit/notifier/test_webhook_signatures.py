"""Webhooks verify with the standard's own library, and nothing else does."""

import json
from datetime import UTC, datetime, timedelta

import pytest
from gateway.webhook_secrets import new_secret
from notifier.channels.webhook import signed_headers, webhook_body
from notifier.webhook_secrets import SecretUnreadable, open_secrets
from pydantic import SecretStr
from servicekit.crypto import generate_keys
from standardwebhooks import Webhook, WebhookVerificationError
from support.notifying import delivery, reported
from support.subscriptions import seal_secret


@pytest.fixture
def now() -> datetime:
    """The library compares with the real clock."""
    return datetime.now(UTC)


def test_a_webhook_verifies_and_tells_the_order(now: datetime) -> None:
    secret, sent = new_secret(), delivery(reported(srid="srid-1"), kind="order_cancelled")
    body = webhook_body(sent)
    headers = signed_headers(str(sent.id), body, [secret], now)
    verified = Webhook(secret).verify(body, headers)
    assert verified["type"] == "order.cancelled"
    assert verified["timestamp"] == sent.created_at.isoformat()
    assert verified["data"]["cabinet_id"] == str(sent.cabinet_id)
    assert verified["data"]["order"]["srid"] == "srid-1"


def test_the_body_is_the_same_for_every_attempt() -> None:
    sent = delivery()
    assert webhook_body(sent) == webhook_body(sent)
    assert json.loads(webhook_body(sent))


@pytest.mark.parametrize("tampering", ["body", "id", "timestamp", "secret", "age"])
def test_a_tampered_or_old_webhook_is_refused(now: datetime, tampering: str) -> None:
    secret, body = new_secret(), webhook_body(delivery())
    at = now - timedelta(minutes=6) if tampering == "age" else now
    headers = signed_headers("id", body, [secret], at)
    match tampering:
        case "body":
            body = body.replace("1494", "1")
        case "id":
            headers["webhook-id"] = "other"
        case "timestamp":
            headers["webhook-timestamp"] = str(int(now.timestamp()) - 1)
        case "secret":
            secret = new_secret()
    with pytest.raises(WebhookVerificationError):
        Webhook(secret).verify(body, headers)


def test_during_a_rotation_either_secret_verifies(now: datetime) -> None:
    newer, older, body = new_secret(), new_secret(), webhook_body(delivery())
    headers = signed_headers("id", body, [newer, older], now)
    for secret in (newer, older):
        assert Webhook(secret).verify(body, headers)


class TestSecrets:
    def test_open_with_the_key_they_were_sealed_to_also_after_it_was_rotated(self) -> None:
        (_, old), (_, new) = generate_keys(), generate_keys()
        sealed = seal_secret("whsec_x", SecretStr(old), webhook_id="a")
        assert "whsec_x" not in sealed
        assert open_secrets([sealed], SecretStr(f"{new},{old}"), webhook_id="a") == ["whsec_x"]

    def test_are_sealed_to_the_newest_key(self) -> None:
        (_, old), (_, new) = generate_keys(), generate_keys()
        sealed = seal_secret("whsec_x", SecretStr(f"{new},{old}"), webhook_id="a")
        assert open_secrets([sealed], SecretStr(new), webhook_id="a") == ["whsec_x"]

    def test_do_not_open_for_another_webhook_or_without_keys(self) -> None:
        _, key = generate_keys()
        sealed = seal_secret("whsec_x", SecretStr(key), webhook_id="a")
        with pytest.raises(SecretUnreadable):
            open_secrets([sealed], SecretStr(key), webhook_id="b")
        with pytest.raises(SecretUnreadable, match="SEAL_PRIVATE_KEYS"):
            open_secrets([sealed], None, webhook_id="a")
