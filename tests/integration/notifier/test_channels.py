"""E-mail, Web Push and Firebase against strict fakes over real SMTP and HTTP, from the event to the inbox."""

import json
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

import pytest
from contracts.notification_settings import SettingsRule
from contracts.notification_targets import EmailAddress, FirebaseToken, PushSubscription
from contracts.notifications import Channel
from cryptography.hazmat.primitives.asymmetric import ec
from notifier.channels import firebase, smtp, webpush
from notifier.jobs.tell_ended_targets import tell_ended_targets
from notifier.optional_channels import announce_channels
from notifier.settings import Settings
from pushsim.running import RunningPushsim, running_pushsim
from pushsim.state import encoded
from pydantic import SecretStr
from servicekit.db import Database
from support.bounces import postfix_bounce
from support.eventually import eventually
from support.notifying import orders_reported
from support.rows import rows
from support.targets import EnteredTarget, hear_targets
from support.wanting import want

PRIVATE_KEY = encoded(ec.generate_private_key(ec.SECP256R1()).private_numbers().private_value.to_bytes(32, "big"))
PUBLIC_URL = "https://a-name-that-is-too-long-to-stand-on-one-line-of-a-mail-with-all-the-rest.pulse.example.ru"
CHANNELS = ("email", "webpush", "firebase")
OUTCOMES = """
SELECT outcome, error FROM delivery_attempts a JOIN deliveries d ON d.id = a.delivery_id WHERE channel = :channel
"""
STATUS = "SELECT status, attempts, last_error FROM deliveries WHERE channel = :channel"


@pytest.fixture
async def pushsim() -> AsyncIterator[RunningPushsim]:
    async with running_pushsim() as running:
        yield running


@dataclass
class Site:
    """A notifier with all channels, and one target of each of the cabinet's member."""

    db: Database
    sim: RunningPushsim
    sending: Any
    settings: Settings
    handle: Any
    cabinet_id: UUID
    secrets: list[str] = field(default_factory=list)
    entered: dict[str, EnteredTarget] = field(default_factory=dict)

    async def enter(self, *channels: str, but: Channel = "telegram", **fields: Any) -> None:
        """Enter targets of these channels, and want nothing in one channel."""
        await want(self.db, 7, rules=(SettingsRule(group_after=0), SettingsRule(channel=but, is_on=False)))
        for channel in channels:
            target = EnteredTarget(7, channel, self.settings.seal_private_keys, self.address(channel), **fields)
            self.entered[channel] = target
            await hear_targets(self.db, target.entered())

    def address(self, channel: str) -> Any:
        if channel == "email":
            self.secrets += ["maria", "Un5ubscribe"]
            return EmailAddress(address="maria@example.ru", unsubscribe="Un5ubscribe-token")
        if channel == "webpush":
            given = self.sim.sim.new_subscription(webpush.VapidKey(SecretStr(PRIVATE_KEY), "mailto:a@b").public_key)
            self.secrets += [given["endpoint"].rpartition("/")[2], given["auth"]]
            return PushSubscription(**given)
        self.secrets.append(self.sim.sim.new_device())
        return FirebaseToken(token=self.secrets[-1])

    async def tell(self) -> None:
        """Something happens in the cabinet, and what comes of it ends."""
        await self.handle(orders_reported(self.cabinet_id))
        async with self.sending():
            await eventually(self.ended)

    async def ended(self) -> bool:
        return not await rows(self.db, "SELECT id FROM deliveries WHERE status IN ('pending', 'sending')")

    async def outcomes(self, channel: str) -> list[str]:
        return [row["outcome"] for row in await rows(self.db, f"{OUTCOMES} ORDER BY attempt", channel=channel)]

    async def status(self, channel: str) -> str:
        (row,) = await rows(self.db, STATUS, channel=channel)
        return str(row["status"])


@pytest.fixture
def settings(settings: Settings, pushsim: RunningPushsim) -> Settings:
    account = pushsim.sim.credentials()
    return settings.model_copy(
        update={
            "public_url": PUBLIC_URL,
            "smtp_url": SecretStr(f"smtp://{pushsim.smtp_host}:{pushsim.smtp_port}?tls=none"),
            "smtp_from": "Pulse <pulse@example.ru>",
            "smtp_bounces": "bounces@example.ru",
            "vapid_private_key": SecretStr(PRIVATE_KEY),
            "vapid_subject": "mailto:admin@example.ru",
            "firebase_credentials": SecretStr(account),
            "firebase_api_base_url": pushsim.url,
        }
    )


@pytest.fixture
async def site(
    notifier_db: Database, pushsim: RunningPushsim, sending: Any, settings: Settings, handle: Any, cabinet_id: UUID
) -> Site:
    return Site(notifier_db, pushsim, sending, settings, handle, cabinet_id)


class TestDelivered:
    async def test_an_order_arrives_in_every_channel_and_no_secret_is_anywhere(
        self, site: Site, capsys: pytest.CaptureFixture[str]
    ) -> None:
        await site.enter(*CHANNELS)
        await site.tell()
        mail, push, phone = (site.sim.messages(channel)[0] for channel in CHANNELS)
        assert site.sim.sim.refused == []
        assert [await site.outcomes(channel) for channel in CHANNELS] == [["delivered"]] * 3
        headers = dict(mail["headers"])
        (delivery,) = await rows(site.db, "SELECT id FROM deliveries WHERE channel = 'email'")
        assert headers["Message-ID"] == f"<{delivery['id']}@example.ru>"
        assert headers["List-Unsubscribe"] == (f"<{PUBLIC_URL}/api/v1/notifications/unsubscribe/Un5ubscribe-token>")
        assert (headers["List-Unsubscribe-Post"], headers["Auto-Submitted"]) == (
            "List-Unsubscribe=One-Click",
            "auto-generated",
        )
        assert mail["sender"] == f"bounces+{site.entered['email'].id.hex}@example.ru"
        shown = json.loads(push["text"])
        assert shown["title"] == phone["message"]["notification"]["title"]
        for text in (mail["text"], mail["html"], shown["body"], phone["message"]["notification"]["body"]):
            assert "Худи оверсайз" in text
        assert "<" not in mail["text"].replace("<https", "") + shown["title"] + shown["body"]
        assert push["urgency"] == "normal"
        said = capsys.readouterr()
        kept = str([await rows(site.db, f"SELECT * FROM {table}") for table in ("deliveries", "delivery_attempts")])
        for secret in (*site.secrets, PRIVATE_KEY):
            assert secret not in said.out + said.err + kept, secret

    async def test_of_one_thread_a_later_push_takes_the_place_of_the_earlier(self, site: Site) -> None:
        await site.enter("webpush", "firebase")
        await site.tell()
        topic = site.sim.messages("webpush")[0]["topic"]
        assert topic == json.loads(site.sim.messages("webpush")[0]["text"])["tag"]
        assert site.sim.messages("firebase")[0]["message"]["android"]["collapse_key"] == topic

    async def test_a_code_and_a_test_arrive(self, site: Site) -> None:
        mail = EnteredTarget(70, "email", site.settings.seal_private_keys, site.address("email"))
        await hear_targets(site.db, mail.code_sent("048213"))
        async with site.sending():
            await eventually(site.ended)
            await hear_targets(site.db, mail.entered(state="active"), mail.tested())
            await site.sim.wait_for_messages(2, timeout_seconds=60)
            await eventually(site.ended)
        code, test = site.sim.messages("email")
        assert "048213" in code["text"]
        assert "048213" not in str(await rows(site.db, "SELECT * FROM deliveries"))
        assert dict(test["headers"])["Subject"] == "✅ Проверочное сообщение"
        assert code["session"] == test["session"]  # one connection


class TestWhatIsNotSent:
    async def test_a_channel_that_is_off_is_silent_and_the_others_are_not(self, site: Site) -> None:
        await site.enter(*CHANNELS, but="email")
        await site.tell()
        assert sorted(message["channel"] for message in site.sim.messages()) == ["firebase", "webpush"]
        found = await rows(site.db, "SELECT status, reason FROM deliveries WHERE channel = 'email'")
        assert [(row["status"], row["reason"]) for row in found] == [("dropped", "off:channel")]

    async def test_an_address_that_is_not_confirmed_is_sent_its_code_and_nothing_else(self, site: Site) -> None:
        await site.enter("email", state="unconfirmed")
        await hear_targets(site.db, site.entered["email"].code_sent("048213"))
        await site.tell()
        assert ["048213" in mail["text"] for mail in site.sim.messages()] == [True]

    async def test_what_waited_for_a_target_that_was_removed_goes_nowhere(self, site: Site) -> None:
        await site.enter(*CHANNELS)
        await site.handle(orders_reported(site.cabinet_id))
        await hear_targets(site.db, *(target.tested() for target in site.entered.values()))
        await hear_targets(site.db, *(target.removed() for target in site.entered.values()))
        async with site.sending():
            await eventually(site.ended)
        assert (site.sim.messages(), site.sim.sim.refused) == ([], [])


class TestRefused:
    @pytest.mark.parametrize(
        ("channel", "fault", "error"),
        [
            ("email", {"at": "mail", "status": 550, "text": "5.1.1 no such user maria"}, "answered 550 5.1.1"),
            ("webpush", {"at": "webpush", "status": 410}, "answered 410"),
            ("firebase", {"at": "firebase", "status": 404, "code": "UNREGISTERED"}, "404 UNREGISTERED"),
        ],
    )
    async def test_what_is_gone_ends_at_once_or_when_it_was_said_again_and_its_user_is_told_once(
        self,
        site: Site,
        at_once: None,
        channel: str,
        fault: dict[str, Any],
        error: str,
        capsys: pytest.CaptureFixture[str],
    ) -> None:
        await site.enter(channel)
        site.sim.add_fault(kind="status", times=3, **fault)
        await site.tell()
        assert await site.status(channel) == "failed"
        times = 3 if channel == "email" else 1
        assert await site.outcomes(channel) == (["refused"] * 3 if channel == "email" else ["undeliverable"])
        (target,) = await rows(site.db, "SELECT ended_because, ended_at FROM targets")
        assert (target["ended_because"], target["ended_at"] is not None) == (error, True)
        for _ in range(2):
            await tell_ended_targets(site.db)
        notices = await rows(site.db, "SELECT recipient, payload FROM deliveries WHERE kind = 'target_ended'")
        assert [(row["recipient"], row["payload"]["label"]) for row in notices] == [("7", "a label")]
        await site.tell()
        attempts = await rows(site.db, OUTCOMES, channel=channel)
        assert len(attempts) == times  # nothing more is sent there
        site.sim.sim.faults.clear()
        await hear_targets(site.db, site.entered[channel].entered(label="entered anew"))
        await site.tell()
        assert len(site.sim.messages(channel)) == 1
        said = capsys.readouterr()
        kept = str([await rows(site.db, f"SELECT * FROM {table}") for table in ("receivers", "delivery_attempts")])
        assert not [secret for secret in site.secrets if secret in said.out + said.err + kept]

    async def test_a_message_that_is_refused_ends_no_target(self, site: Site, at_once: None) -> None:
        await site.enter(*CHANNELS)
        site.sim.add_fault(at="mail", kind="status", step="data", status=554, text="5.7.1 spam", times=3)
        site.sim.add_fault(at="webpush", kind="status", status=400, times=3)
        site.sim.add_fault(at="firebase", kind="status", status=400, code="INVALID_ARGUMENT", times=3)
        await site.tell()
        assert [await site.status(channel) for channel in CHANNELS] == ["failed"] * 3
        assert await rows(site.db, "SELECT id FROM targets WHERE ended_at IS NOT NULL") == []

    async def test_one_refusal_of_a_mailbox_is_no_verdict(self, site: Site, at_once: None) -> None:
        await site.enter("email")
        site.sim.add_fault(at="mail", kind="status", status=550, text="5.1.1 no such user")
        await site.tell()
        assert await site.outcomes("email") == ["refused", "delivered"]
        assert await rows(site.db, "SELECT id FROM targets WHERE ended_at IS NOT NULL") == []

    async def test_private_addresses_are_not_called(self, site: Site, at_once: None) -> None:
        await site.enter("webpush")
        await site.handle(orders_reported(site.cabinet_id))
        async with site.sending(allow_private_urls=False):
            await eventually(site.ended)
        assert await site.outcomes("webpush") == ["refused"] * 3
        assert (site.sim.messages(), site.sim.sim.refused) == ([], [])


class TestTroubles:
    @pytest.mark.parametrize(
        ("at", "fault", "outcome"),
        [
            ("mail", {"kind": "status", "step": "connect", "status": 421}, "unavailable"),
            ("mail", {"kind": "status", "step": "mail", "status": 550, "text": "5.7.1 not you"}, "unavailable"),
            ("mail", {"kind": "status", "step": "rcpt", "status": 451, "text": "4.2.1 greylisted"}, "unavailable"),
            ("mail", {"kind": "cut", "step": "rcpt"}, "unavailable"),
            ("mail", {"kind": "hang", "step": "data"}, "unanswered"),
            ("mail", {"kind": "cut", "step": "data", "accepted": True}, "unanswered"),
            ("webpush", {"kind": "status", "status": 503, "retry_after": 0}, "unavailable"),
            ("webpush", {"kind": "hang"}, "unanswered"),
            ("webpush", {"kind": "cut", "accepted": True}, "unanswered"),
            ("firebase", {"kind": "status", "status": 503, "code": "UNAVAILABLE"}, "unavailable"),
            ("firebase", {"kind": "status", "status": 404, "text": "<html>nginx</html>"}, "unavailable"),
            ("firebase", {"kind": "hang"}, "unanswered"),
            ("firebase", {"kind": "cut"}, "unanswered"),
            ("token", {"kind": "status", "status": 500}, "unavailable"),
            ("token", {"kind": "cut"}, "unavailable"),
        ],
    )
    async def test_what_fails_is_tried_again(
        self, site: Site, at_once: None, monkeypatch: pytest.MonkeyPatch, at: str, fault: dict[str, Any], outcome: str
    ) -> None:
        for module, name in ((smtp, "STEP"), (webpush, "ANSWER_TIMEOUT"), (firebase, "TIMEOUT")):
            monkeypatch.setattr(module, f"{name}_SECONDS", 2.0)
        channel = {"mail": "email", "token": "firebase"}.get(at, at)
        await site.enter(channel)
        site.sim.add_fault(at=at, **fault)
        await site.tell()
        assert await site.outcomes(channel) == [outcome, "delivered"]
        ids = [dict(mail["headers"])["Message-ID"] for mail in site.sim.messages("email")]
        assert len(set(ids)) <= 1  # a repeat can be known as one
        assert len(site.sim.messages()) == (2 if fault.get("accepted") else 1)

    @pytest.mark.parametrize("channel", ["webpush", "firebase"])
    async def test_a_limit_is_heeded_and_costs_no_try(self, site: Site, channel: str) -> None:
        await site.enter(channel)
        site.sim.add_fault(at=channel, kind="status", status=429, code="QUOTA_EXCEEDED", retry_after=1)
        await site.tell()
        assert await site.outcomes(channel) == ["rate_limited", "delivered"]
        (row,) = await rows(site.db, "SELECT failures FROM deliveries WHERE channel = :channel", channel=channel)
        assert row["failures"] == 0

    async def test_a_push_that_is_too_large_goes_shorter(self, site: Site) -> None:
        await site.enter("webpush")
        site.sim.add_fault(at="webpush", kind="status", status=413, times=2)
        await site.tell()
        assert await site.outcomes("webpush") == ["delivered"]
        assert json.loads(site.sim.messages()[0]["text"])["body"] == ""

    async def test_an_access_token_is_asked_for_once_and_anew_when_it_is_refused(self, site: Site) -> None:
        await site.enter("firebase")
        await site.handle(*(orders_reported(site.cabinet_id) for _ in range(3)))
        async with site.sending():
            await eventually(site.ended)
            assert site.sim.sim.tokens_given == 1
            site.sim.sim.access_tokens.clear()
            await site.handle(orders_reported(site.cabinet_id))
            await eventually(site.ended)
        assert (site.sim.sim.tokens_given, len(site.sim.messages())) == (2, 4)
        assert set(await site.outcomes("firebase")) == {"delivered"}


class TestChannelsThatAreOff:
    async def test_the_gateway_is_told_what_is_sent_over(self, site: Site) -> None:
        await announce_channels(site.db, site.settings)
        found = await rows(site.db, "SELECT channel, public_key IS NULL AS is_keyless FROM notifier_published.channels")
        assert {(row["channel"], row["is_keyless"]) for row in found} == {
            ("email", True),
            ("webpush", False),
            ("firebase", True),
        }
        off = site.settings.model_copy(update={"smtp_url": None, "vapid_private_key": None})
        await announce_channels(site.db, off)
        found = await rows(site.db, "SELECT channel FROM notifier_published.channels")
        assert [row["channel"] for row in found] == ["firebase"]


class TestBounces:
    async def test_a_mail_that_came_back_ends_its_target_by_its_return_path_or_its_id(
        self, site: Site, command: Any
    ) -> None:
        await site.enter("email")
        await site.tell()
        (mail,) = site.sim.messages()
        target, delivery = (
            site.entered["email"],
            UUID(dict(mail["headers"])["Message-ID"].strip("<>").partition("@")[0]),
        )
        report = postfix_bounce(target.id, delivery)
        for wrong in ("Subject: Re: order\n\nthank you", report.replace("Status: 5.1.1", "Status: 5.2.2")):
            assert await ended_by(command, wrong) is None
        nameless = report.replace(f"+{target.id.hex}", "")
        assert await ended_by(command, nameless) == str(target.id)
        assert await ended_by(command, nameless) is None
        await hear_targets(site.db, target.entered(label="entered anew"))
        assert await ended_by(command, report) == str(target.id)
        (found,) = await rows(site.db, "SELECT ended_because FROM targets")
        assert found["ended_because"] == "its mail came back: 5.1.1"


async def ended_by(command: Any, mail: str) -> str | None:
    answer = await command("bounces", given=mail.encode())
    assert answer.exit_code == 0, answer.output
    ended: str | None = json.loads(answer.output.splitlines()[-1])["ended"]
    return ended
