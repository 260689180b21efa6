"""Mails: what they look like, how a server is spoken to, and what comes back."""

import ssl
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from email import message_from_bytes
from email.policy import default
from ipaddress import IPv4Address
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from contracts.notification_targets import EmailAddress
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import NameOID
from hypothesis import given, settings
from hypothesis import strategies as st
from notifier.bounces import read_bounce
from notifier.channels import smtp
from notifier.channels.email import Post, content_of, mail_of
from notifier.channels.smtp import Mailer, NotSent, Server
from notifier.messages.message import Button, Message
from pushsim.mail import problem_of
from pushsim.running import RunningPushsim, running_pushsim
from support.bounces import postfix_bounce
from support.notifying import NOW, delivery

POST = Post("Pulse <pulse@example.ru>", "https://pulse.example.ru", None)
RECIPIENT = EmailAddress(address="maria@example.ru", unsubscribe="Un5ubscribe-token")
TARGET = UUID("01a20c2b-7a5e-7c3e-9d0a-1c2f5b7e9b21")


def a_mail(html: str = "<b>Заголовок</b>\nтекст", **fields: Any) -> bytes:
    mail = mail_of(delivery(), Message(html, **fields), RECIPIENT, POST, NOW)
    return content_of(mail, RECIPIENT, POST)


class TestLooks:
    @settings(max_examples=60, deadline=None)
    @given(st.text(max_size=600))
    def test_whatever_things_are_called_it_is_one_mail_with_its_own_headers(self, name: str) -> None:
        content = a_mail(f"<b>{name.replace('<', '&lt;')}</b>\n{name.replace('<', '&lt;')}")
        assert problem_of(content) is None
        mail = message_from_bytes(content, policy=default)
        assert (mail["To"], mail["From"]) == ("maria@example.ru", "Pulse <pulse@example.ru>")
        assert set(mail.keys()) == {
            *("List-Unsubscribe", "From", "To", "Subject", "Date", "Message-ID", "Auto-Submitted", "MIME-Version"),
            *("X-Auto-Response-Suppress", "List-Unsubscribe-Post", "Content-Type"),
        }

    def test_headers_cannot_be_brought_in(self) -> None:
        mail = message_from_bytes(a_mail("<b>Худи\r\nBcc: x@example.ru</b>\r\n\r\nтекст"), policy=default)
        assert mail["Bcc"] is None

    def test_markup_becomes_text_and_html_and_nothing_else_does(self) -> None:
        html = '<b>Худи</b> &lt;script&gt;<script>x</script><a href="https://wb.ru/1">карточка</a><img src="x">'
        buttons = (Button("На WB", "https://wb.ru/2"), Button("Заглушить", action="mu"), Button("x", "javascript:x"))
        mail = message_from_bytes(a_mail(html, buttons=buttons), policy=default)
        bodies = [mail.get_body((kind,)) for kind in ("plain", "html")]
        plain, page = (str(body.get_content()) for body in bodies if body is not None)
        assert "Худи <script>xкарточка (https://wb.ru/1)" in plain
        assert "На WB: https://wb.ru/2" in plain
        assert "<b>Худи</b> &lt;script&gt;x" in page
        assert '<a href="https://wb.ru/1">карточка</a>' in page
        assert not [wrong for wrong in ("<script", "<img", "javascript", "Заглушить") if wrong in plain[30:] + page]


class TestServers:
    @pytest.mark.parametrize(
        ("url", "server"),
        [
            ("smtp://u%40x:p%3A@mx.ru", Server("mx.ru", 587, "starttls", "u@x", "p:")),
            ("smtps://mx.ru", Server("mx.ru", 465, "implicit")),
            ("smtp://127.0.0.1:25?tls=none", Server("127.0.0.1", 25, "none")),
        ],
    )
    def test_a_url_says_how_it_is_reached(self, url: str, server: Server) -> None:
        assert Server.of(url) == server

    @pytest.mark.parametrize("url", ["http://mx.ru", "smtp://", "smtps://s3cret@mx.ru?tls=none", "smtp://mx.ru?tls=no"])
    def test_another_is_refused_without_being_shown(self, url: str) -> None:
        with pytest.raises(ValueError, match=r"smtp|tls") as refused:
            Server.of(url)
        assert "s3cret" not in str(refused.value)

    @pytest.mark.parametrize("way", ["starttls", "implicit"])
    async def test_it_is_signed_in_to_over_tls_that_is_verified(
        self, way: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(smtp, "STEP_SECONDS", 2.0)  # a handshake that fails may be waited for
        theirs, ours = tls_of(tmp_path)
        async with running_pushsim(user="pulse", password="p4ss", tls=theirs, implicit_tls=way == "implicit") as sim:
            scheme = "smtp" if way == "starttls" else "smtps"
            url = f"{scheme}://pulse:p4ss@127.0.0.1:{sim.smtp_port}"
            await sent(Mailer(Server.of(url), ours))
            (mail,) = sim.messages("email")
            assert mail["user"] == "pulse"
            for wrong, context in ((url, None), (url.replace("p4ss", "other"), ours)):
                with pytest.raises(NotSent) as refused:
                    await sent(Mailer(Server.of(wrong), context))
                assert "other" not in str(refused.value)
            assert len(sim.messages()) == 1

    async def test_a_server_without_starttls_gets_nothing(self, plain_sim: RunningPushsim) -> None:
        with pytest.raises(NotSent):
            await sent(Mailer(Server.of(f"smtp://127.0.0.1:{plain_sim.smtp_port}")))
        assert plain_sim.messages() == []

    async def test_a_connection_that_the_server_ended_meanwhile_is_opened_anew(self, plain_sim: RunningPushsim) -> None:
        mailer = Mailer(Server.of(f"smtp://127.0.0.1:{plain_sim.smtp_port}?tls=none"))
        try:
            for _ in range(2):
                await mailer.send("pulse@example.ru", "maria@example.ru", a_mail())
            plain_sim.add_fault(at="mail", kind="cut", step="mail")
            await mailer.send("pulse@example.ru", "maria@example.ru", a_mail())
        finally:
            await mailer.close()
        sessions = [mail["session"] for mail in plain_sim.messages()]
        assert (sessions[0] == sessions[1], len(sessions)) == (True, 3)


@pytest.fixture
async def plain_sim() -> AsyncIterator[RunningPushsim]:
    async with running_pushsim() as running:
        yield running


async def sent(mailer: Mailer) -> None:
    try:
        await mailer.send("pulse@example.ru", "maria@example.ru", a_mail())
    finally:
        await mailer.close()


def tls_of(folder: Path) -> tuple[ssl.SSLContext, ssl.SSLContext]:
    """A server's context with a certificate of its own, and a client's that trusts it."""
    key, now = ec.generate_private_key(ec.SECP256R1()), datetime.now(UTC)
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "pushsim")])
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(IPv4Address("127.0.0.1"))]), critical=False)
        .sign(key, hashes.SHA256())
    )
    file = folder / "both.pem"
    pem = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    file.write_bytes(certificate.public_bytes(Encoding.PEM) + pem)
    theirs = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    theirs.load_cert_chain(file)
    return theirs, ssl.create_default_context(cafile=str(file))


POSTFIX = postfix_bounce(TARGET)


class TestBounces:
    def test_a_failure_names_its_target_and_its_delivery(self) -> None:
        bounce = read_bounce(POSTFIX.replace("\n", "\r\n").encode())
        assert bounce is not None
        assert (bounce.target_id, bounce.delivery_id, bounce.status) == (TARGET, TARGET, "5.1.1")
        assert bounce.is_final

    def test_one_of_exchange_returns_the_mail_and_a_comment_beside_the_status(self) -> None:
        whole = f"Content-Type: message/rfc822\n\nFrom: pulse@example.ru\nMessage-ID: <{TARGET}@example.ru>\n\ntext\n"
        exchange = POSTFIX.replace("Status: 5.1.1", "Status: 5.1.10 (bad destination)").replace(
            f"Content-Type: text/rfc822-headers\n\nMessage-ID: <{TARGET}@example.ru>\nSubject: x\n", whole
        )
        bounce = read_bounce(exchange.replace(f"bounces+{TARGET.hex}", "pulse").encode())
        assert bounce is not None
        assert (bounce.target_id, bounce.delivery_id, bounce.is_final) == (None, TARGET, True)

    @pytest.mark.parametrize("status", ["5.2.2", "5.7.1", "5.3.4", "5.0.0"])
    def test_a_mailbox_that_is_full_or_does_not_like_the_mail_is_there_still(self, status: str) -> None:
        bounce = read_bounce(POSTFIX.replace("Status: 5.1.1", f"Status: {status}").encode())
        assert bounce is not None
        assert not bounce.is_final

    @pytest.mark.parametrize(
        "other",
        [
            POSTFIX.replace("Action: failed", "Action: delayed"),
            "From: maria@example.ru\nSubject: Re: Новый заказ\n\nСпасибо! Status: 5.1.1\n",
            POSTFIX.replace("report-type=delivery-status", "report-type=feedback-report"),
            "",
            "\0\xff",
        ],
    )
    def test_anything_else_is_none(self, other: str) -> None:
        assert read_bounce(other.encode()) is None
