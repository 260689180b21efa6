"""The e-mail channel: a mail of plain text and HTML, that can be unsubscribed from with one click."""

import html
import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime, parseaddr

from contracts.notification_targets import EmailAddress
from pydantic import SecretStr

from notifier.channels.addressed import AddressUnreadable, NotTold, address_of, opened
from notifier.channels.smtp import Mailer, NotAnswered, NotSent, Refused
from notifier.channels.written import as_page, as_text, one_line, pages, written
from notifier.deliveries.model import NOT_TOLD, Delivery, Outcome, Result, Send, Sent
from notifier.messages.message import Message
from notifier.messages.own import confirmation
from notifier.rendering import about, rendered


@dataclass(frozen=True)
class Post:
    """From whom mails come, where what bounces goes, and under which address the gateway is reached."""

    sender: str
    """`Pulse <pulse@example.ru>`, or the address alone."""
    public_url: str
    bounces: str | None = None
    """An address whose `+` parts arrive there too; None: bounces go to the sender, and are not told apart."""

    @property
    def address(self) -> str:
        """The sender's address alone."""
        return parseaddr(self.sender)[1]

    def return_path(self, delivery: Delivery) -> str:
        """Where the mail bounces to: with the target in it (VERP)."""
        if self.bounces is None or delivery.target is None:
            return self.address
        local, _, domain = self.bounces.rpartition("@")
        return f"{local}+{delivery.target.id.hex}@{domain}"

    def unsubscribe_url(self, address: EmailAddress) -> str:
        """What ends the target without signing in."""
        return f"{self.public_url.rstrip('/')}/api/v1/notifications/unsubscribe/{address.unsubscribe}"


def email_channel(mailer: Mailer, post: Post, private_keys: SecretStr | None, now: Callable[[], datetime]) -> Send:
    """One attempt. The Message-ID is the delivery's, the same each time: a repeat can be known as one."""

    async def send(delivery: Delivery) -> Result:
        try:
            address = address_of(delivery, EmailAddress, private_keys)
            mail = mail_of(delivery, _message(delivery, private_keys, now()), address, post, now())
            await mailer.send(post.return_path(delivery), address.address, content_of(mail, address, post))
        except NotTold:
            return Result(Outcome.UNDELIVERABLE, NOT_TOLD)
        except Refused as error:
            return Result(Outcome.REFUSED, str(error), is_gone=error.is_gone)
        except (NotSent, AddressUnreadable) as error:
            return Result(Outcome.UNAVAILABLE, str(error))
        except NotAnswered as error:
            return Result(Outcome.UNANSWERED, str(error))
        return Result(Outcome.DELIVERED, sent=Sent(str(mail["Message-ID"]).strip("<>")))

    return send


def mail_of(delivery: Delivery, message: Message, address: EmailAddress, post: Post, now: datetime) -> EmailMessage:
    """The mail of a message. Whatever a shop or an item is called, it stays within its header."""
    text = about(delivery, now).language.text
    name, own = parseaddr(post.sender)
    mail = EmailMessage(policy=SMTP)
    mail["From"] = Address(one_line(name), addr_spec=own)
    mail["To"] = Address(addr_spec=address.address)
    mail["Subject"] = written(message).title
    mail["Date"] = format_datetime(now)
    mail["Message-ID"] = f"<{delivery.id}@{own.rpartition('@')[2]}>"
    mail["Auto-Submitted"] = "auto-generated"
    mail["X-Auto-Response-Suppress"] = "All"
    url = post.unsubscribe_url(address)
    mail["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
    why, leave = text("You are told this by Pulse, because you entered this address."), text("Unsubscribe")
    links = [f"{label}: {page}" for label, page in pages(message)]
    mail.set_content("\n".join([as_text(message), "", *links, "", "-- ", why, f"{leave}: {url}", ""]), cte="base64")
    footer = f'{html.escape(why)} <a href="{html.escape(url)}">{html.escape(leave)}</a>'
    mail.add_alternative(as_page(message, footer), subtype="html", cte="base64")
    return mail


def content_of(mail: EmailMessage, address: EmailAddress, post: Post) -> bytes:
    """The mail as it is sent. An address of a page that is too long for a line would be encoded as words are, and be
    none any more: it stands on a line of its own."""
    return f"List-Unsubscribe: <{post.unsubscribe_url(address)}>\r\n".encode("ascii") + mail.as_bytes()


def _message(delivery: Delivery, private_keys: SecretStr | None, now: datetime) -> Message:
    if delivery.kind != "target_confirmation" or delivery.target is None:
        return rendered(delivery, now)
    sealed = json.loads(delivery.payload)["sealed"]
    return confirmation(opened(sealed, delivery.target.id, private_keys), about(delivery, now))
