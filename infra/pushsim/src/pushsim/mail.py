"""The mail server: real SMTP, strict about what a mail is."""

import asyncio
import re
import ssl
import warnings
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from typing import Any

from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session

from pushsim.faults import Fault, Step
from pushsim.state import Sim

MAX_LINE_BYTES = 998
ONCE = ("from", "to", "subject", "date", "message-id", "mime-version")
AT_MOST_ONCE = ("list-unsubscribe", "list-unsubscribe-post", "auto-submitted", "reply-to", "sender", "cc", "bcc")

_MESSAGE_ID = re.compile(r"<[^<>@\s]+@[^<>@\s]+>")


class Handler:
    """Takes mails into the inbox."""

    def __init__(self, sim: Sim) -> None:
        self._sim = sim

    async def handle_MAIL(self, server: SMTP, session: Session, envelope: Envelope, address: str, options: Any) -> str:
        """The sender."""
        if (fault := self._sim.faults.take("mail", "mail")) is not None:
            return await self._met(server, fault)
        envelope.mail_from = address
        return "250 2.1.0 OK"

    async def handle_RCPT(self, server: SMTP, session: Session, envelope: Envelope, address: str, options: Any) -> str:
        """The recipient."""
        if (fault := self._sim.faults.take("mail", "rcpt")) is not None:
            return await self._met(server, fault)
        envelope.rcpt_tos.append(address)
        return "250 2.1.5 OK"

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        """The mail."""
        content = bytes(envelope.original_content or b"")
        fault = self._sim.faults.take("mail", "data")
        if fault is not None and not fault.accepted:
            return await self._met(server, fault)
        if wrong := problem_of(content):
            self._sim.refused.append(wrong)
            return f"554 5.6.0 {wrong}"
        mail = message_from_bytes(content, policy=default)
        for recipient in envelope.rcpt_tos:
            self._sim.inbox.put(
                "email",
                recipient,
                sender=envelope.mail_from,
                headers=[(name, str(value)) for name, value in mail.items()],
                text=_part(mail, "plain"),
                html=_part(mail, "html"),
                session=id(session),
                user=session.auth_data,
            )
        return "250 2.0.0 OK" if fault is None else await self._met(server, fault)

    async def _met(self, server: SMTP, fault: Fault) -> str:
        if fault.kind == "hang":
            await asyncio.sleep(fault.seconds)
        if fault.kind != "status":
            assert isinstance(server.transport, asyncio.Transport)  # noqa: S101  # a command came over it
            server.transport.abort()
            return "421 4.3.2 gone"
        return f"{fault.status} {fault.text or 'ordered'}"


class Server(SMTP):
    """Refuses a whole connection where that is ordered."""

    sim: Sim

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        step: Step = "connect"
        if (fault := self.sim.faults.take("mail", step)) is not None and isinstance(transport, asyncio.Transport):
            transport.abort() if fault.kind == "cut" else transport.write(f"{fault.status} no\r\n".encode())
            return
        super().connection_made(transport)


def make_server(sim: Sim, tls: ssl.SSLContext | None) -> Server:
    """What talks over one connection."""

    def sign_in(server: Any, session: Session, envelope: Envelope, mechanism: str, given: Any) -> AuthResult:
        known = isinstance(given, LoginPassword) and (given.login, given.password) == (
            (sim.user or "").encode(), (sim.password or "").encode(),
        )  # fmt: skip
        return AuthResult(success=known, handled=False, auth_data=sim.user)

    with warnings.catch_warnings():
        # Where TLS is there from the beginning, aiosmtpd does not see it.
        warnings.simplefilter("ignore", UserWarning)
        server = Server(
            Handler(sim),
            hostname="pushsim.example",
            tls_context=tls,
            require_starttls=tls is not None,
            auth_required=sim.user is not None,
            auth_require_tls=tls is not None,
            authenticator=sign_in if sim.user is not None else None,
            timeout=300,
        )
    server.sim = sim
    return server


def problem_of(content: bytes) -> str | None:
    """What is wrong with a mail; None: nothing."""
    lines = content.split(b"\r\n")
    if any(b"\r" in line or b"\n" in line for line in lines):
        return "bare CR or LF"
    if any(len(line) > MAX_LINE_BYTES for line in lines):
        return "a line is too long"
    mail = message_from_bytes(content, policy=default)
    if mail.defects:
        return f"{type(mail.defects[0]).__name__}"
    if wrong := next((name for name in ONCE if len(mail.get_all(name, [])) != 1), None):
        return f"{wrong} does not stand there once"
    if wrong := next((name for name in AT_MOST_ONCE if len(mail.get_all(name, [])) > 1), None):
        return f"{wrong} stands there twice"
    if not _MESSAGE_ID.fullmatch(str(mail["Message-ID"]).strip()):
        return "no Message-ID"
    links = re.findall(r"<(https?://[^<>\s]+)>", str(mail.get("List-Unsubscribe", "")))
    if mail.get("List-Unsubscribe-Post") not in (None, "List-Unsubscribe=One-Click"):
        return "no List-Unsubscribe-Post of RFC 8058"
    if mail.get("List-Unsubscribe-Post") and not any(link.startswith("https://") for link in links):
        return "one click without an https link"
    return None


def _part(mail: EmailMessage, kind: str) -> str | None:
    part = mail.get_body((kind,))
    return None if part is None else str(part.get_content())
