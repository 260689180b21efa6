"""What mail servers send back (RFC 3464): a mailbox that is not there ends its target."""

import re
from dataclasses import dataclass
from email.message import EmailMessage, Message
from email.parser import BytesParser
from email.policy import default
from email.utils import getaddresses
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

# Of a mailbox that is full, a mail that is too large or a sender who is not liked the address itself is not to blame.
_NO_SUCH_MAILBOX = re.compile(r"5\.(1\.(0|1|2|3|6|10)|2\.1)")
_VERP = re.compile(r"\+([0-9a-f]{32})@")
_OURS = re.compile(r"<([0-9a-f-]{36})@")

_TARGET_OF_DELIVERY = text("SELECT recipient FROM deliveries WHERE channel = 'email' AND id = :id")
_END = text("""
UPDATE targets SET ended_at = clock_timestamp(), ended_because = :reason
WHERE id = :id AND channel = 'email' AND ended_at IS NULL AND removed_at IS NULL RETURNING id
""")


@dataclass(frozen=True)
class Bounce:
    """A report that something was not delivered for good, about the target or else the delivery that it names."""

    status: str
    target_id: UUID | None
    delivery_id: UUID | None

    @property
    def is_final(self) -> bool:
        """Whether there is no such mailbox."""
        return _NO_SUCH_MAILBOX.fullmatch(self.status) is not None


def read_bounce(message: bytes) -> Bounce | None:
    """The failure that a delivery status notification reports; None: it is none, or reports a delay or a delivery."""
    parsed = BytesParser(policy=default).parsebytes(message)
    if parsed.get_content_type() != "multipart/report" or parsed.get_param("report-type") != "delivery-status":
        return None
    parts = list(parsed.walk())
    statuses = [
        _status(block)
        for part in parts
        if part.get_content_type() == "message/delivery-status"
        for block in part.get_payload()
        if isinstance(block, Message) and str(block.get("Action", "")).strip().lower() == "failed"
    ]
    if not statuses:
        return None
    headers = (parsed.get_all(name, []) for name in ("Delivered-To", "X-Original-To", "To"))
    addresses = [address for _, address in getaddresses([str(value) for values in headers for value in values])]
    target = next((found[1] for address in addresses if (found := _VERP.search(address))), None)
    delivery = next((found[1] for part in parts if (found := _OURS.search(_message_id(part, parsed)))), None)
    return Bounce(statuses[0], UUID(target) if target else None, UUID(delivery) if delivery else None)


async def end_by(connection: AsyncConnection, bounce: Bounce) -> UUID | None:
    """End the target that there is no mailbox of; None: the report does not say so, or names none that is told."""
    if not bounce.is_final:
        return None
    target_id = bounce.target_id
    if target_id is None and bounce.delivery_id is not None:
        recipient = await connection.scalar(_TARGET_OF_DELIVERY, {"id": bounce.delivery_id})
        target_id = None if recipient is None else UUID(recipient)
    if target_id is None:
        return None
    ended: UUID | None = await connection.scalar(
        _END, {"id": target_id, "reason": f"its mail came back: {bounce.status}"}
    )
    return ended


def _status(block: Message) -> str:
    return str(block.get("Status", "")).partition("(")[0].strip()


def _message_id(part: Message, whole: EmailMessage | Message) -> str:
    """Of the mail that came back: as its own part, or as a text of its headers."""
    if part is whole:
        return ""
    if part.get_content_type() == "text/rfc822-headers":
        headers = str(part.get_payload())
        return next((line for line in headers.splitlines() if line.lower().startswith("message-id:")), "")
    return str(part.get("Message-ID", ""))
