"""One SMTP server: a connection that is opened when there is something to send and used while there is more."""

import asyncio
import contextlib
import ssl
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Literal, TypeVar
from urllib.parse import parse_qs, unquote, urlsplit

import aiosmtplib

T = TypeVar("T")

IDLE_SECONDS = 10.0
"""A connection with nothing more to send is closed after it."""
STEP_SECONDS = 30.0
"""For each answer of the server."""
CLOSING_SECONDS = 2.0

_PORTS = {"smtp": 587, "smtps": 465}


class NotSent(Exception):
    """Surely not taken: no connection, or refused for now."""


class NotAnswered(Exception):
    """The message was sent, and nobody said whether it was taken."""


class Refused(Exception):
    """The server says that it will never take it: `code`, and whether it is the address that it does not know."""

    def __init__(self, reason: str, *, is_gone: bool) -> None:
        super().__init__(reason)
        self.is_gone = is_gone


@dataclass(frozen=True)
class Server:
    """Where a server is, and how one signs in there."""

    host: str
    port: int
    tls: Literal["starttls", "implicit", "none"]
    user: str | None = None
    password: str | None = None

    @classmethod
    def of(cls, url: str) -> "Server":
        """From `smtp://user:password@host:587` (STARTTLS; `?tls=none`: without) or `smtps://…` (TLS at once).

        Raises:
            ValueError: it is none. The message holds no part of it.
        """
        parts = urlsplit(url)
        options = parse_qs(parts.query, keep_blank_values=True)
        if parts.scheme not in _PORTS or not parts.hostname or options.keys() - {"tls"} or parts.path.strip("/"):
            raise ValueError("not smtp://user:password@host:port or smtps://…, with ?tls=none at most")
        [wish] = options.get("tls", ["starttls"])
        if wish not in ("starttls", "none") or (wish == "none" and parts.scheme == "smtps"):
            raise ValueError("tls is starttls or, of smtp:// alone, none")
        tls: Literal["starttls", "implicit", "none"] = "implicit" if parts.scheme == "smtps" else "starttls"
        user, password = parts.username, parts.password
        return cls(
            parts.hostname,
            parts.port or _PORTS[parts.scheme],
            "none" if wish == "none" else tls,
            None if user is None else unquote(user),
            None if password is None else unquote(password),
        )


class Mailer:
    """Sends one mail after the other over one connection."""

    def __init__(self, server: Server, context: ssl.SSLContext | None = None) -> None:
        self._server = server
        self._context = context
        self._connection: aiosmtplib.SMTP | None = None
        self._turn = asyncio.Lock()
        self._closing: asyncio.TimerHandle | None = None

    async def send(self, sender: str, recipient: str, content: bytes) -> None:
        """Have a mail taken.

        Raises:
            NotSent, NotAnswered, Refused.
        """
        async with self._turn:
            if self._closing:
                self._closing.cancel()
            try:
                await self._send(sender, recipient, content)
            except BaseException:
                # Whatever it was about: the next one begins with a connection that is in no doubt.
                self._drop()
                raise
            self._closing = asyncio.get_running_loop().call_later(IDLE_SECONDS, self._drop)

    async def close(self) -> None:
        """Say good-bye."""
        connection, self._connection = self._connection, None
        if self._closing:
            self._closing.cancel()
        if connection is not None:
            with contextlib.suppress(aiosmtplib.SMTPException, OSError, TimeoutError):
                async with asyncio.timeout(CLOSING_SECONDS):
                    await connection.quit()
            connection.close()

    async def _send(self, sender: str, recipient: str, content: bytes) -> None:
        connection = await self._begun(sender)
        await _taken(lambda: connection.rcpt(recipient, encoding="ascii"), of_the_address=True)
        try:
            await connection.data(content)
        except aiosmtplib.SMTPResponseException as error:
            raise _judged(error, of_the_address=False) from None
        except (aiosmtplib.SMTPException, OSError, TimeoutError) as error:
            raise NotAnswered(f"no answer after the message: {type(error).__name__}") from None

    async def _begun(self, sender: str) -> aiosmtplib.SMTP:
        """A connection on which a mail was begun; one that was in use may have been closed by the server meanwhile."""
        if self._connection is not None and self._connection.is_connected:
            with contextlib.suppress(aiosmtplib.SMTPException, OSError, TimeoutError):
                await self._connection.mail(sender)
                return self._connection
        self._drop()
        connection = await self._connected()
        # Of the sender it is we who are refused, not who is written to.
        try:
            await connection.mail(sender)
        except (aiosmtplib.SMTPException, OSError, TimeoutError) as error:
            raise NotSent(_reason(error)) from None
        return connection

    async def _connected(self) -> aiosmtplib.SMTP:
        server = self._server
        connection = aiosmtplib.SMTP(
            hostname=server.host,
            port=server.port,
            username=server.user,
            password=server.password,
            timeout=STEP_SECONDS,
            use_tls=server.tls == "implicit",
            start_tls=server.tls == "starttls",
            tls_context=self._context,
        )
        self._connection = connection
        try:
            await connection.connect()
        except (aiosmtplib.SMTPException, OSError, TimeoutError, ssl.SSLError) as error:
            raise NotSent(f"no connection to the mail server: {_reason(error)}") from None
        return connection

    def _drop(self) -> None:
        connection, self._connection = self._connection, None
        if connection is not None:
            connection.close()


async def _taken(step: Callable[[], Awaitable[T]], *, of_the_address: bool) -> T:
    try:
        return await step()
    except aiosmtplib.SMTPResponseException as error:
        raise _judged(error, of_the_address=of_the_address) from None
    except (aiosmtplib.SMTPException, OSError, TimeoutError) as error:
        raise NotSent(_reason(error)) from None


def _judged(error: aiosmtplib.SMTPResponseException, *, of_the_address: bool) -> NotSent | Refused:
    if not 500 <= error.code < 600:
        return NotSent(_reason(error))
    enhanced = error.message.partition(" ")[0]
    # 5.1.x and 5.2.1: there is no such mailbox. Without such a word the code alone says it (RFC 5321, RFC 3463).
    says_more = enhanced.count(".") == 2 and enhanced.replace(".", "").isdigit()
    is_unknown = enhanced.startswith("5.1.") or enhanced == "5.2.1" if says_more else error.code in (550, 551, 553)
    return Refused(_reason(error), is_gone=of_the_address and is_unknown)


def _reason(error: BaseException) -> str:
    """Codes only: what a server says may hold the address."""
    if isinstance(error, aiosmtplib.SMTPResponseException):
        enhanced = error.message.partition(" ")[0]
        shown = f" {enhanced}" if enhanced.replace(".", "").isdigit() else ""
        return f"answered {error.code}{shown}"
    return type(error).__name__
