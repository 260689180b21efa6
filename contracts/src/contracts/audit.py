"""What was done, and by whom: a record of every command and of every administrator's read.

A record says what it says for good. What could name a person stands in `personal` alone, of which the audit keeps a
commitment in its chain: it can be erased later, and the chain stays whole. Secrets are in neither.
"""

from typing import Literal
from uuid import UUID

from pydantic import Field, JsonValue
from uuid_utils import NAMESPACE_URL, uuid5

from contracts.cabinets import TelegramId
from contracts.envelope import EventData
from contracts.model import Model
from contracts.webhooks import is_owner_id, owner_id

Values = dict[str, JsonValue]

ActorKind = Literal["user", "administrator", "operator", "stranger"]
Outcome = Literal["done", "begun", "unchanged", "read", "refused", "failed"]

ADMINISTRATION = UUID(str(uuid5(NAMESPACE_URL, "urn:pulse:audit:administration")))
"""Whose chain has what is about no cabinet and no user."""


def cabinets_chain(cabinet_id: UUID) -> UUID:
    """Stands for a cabinet as the tenant of records. It is not the cabinet's id: what is recorded stays when a
    disconnect deletes what is filed under that id."""
    return UUID(str(uuid5(NAMESPACE_URL, f"urn:pulse:audit:cabinet:{cabinet_id}")))


def chain_of(tenant: UUID) -> UUID:
    """The chain that a person means who names a cabinet or the chain itself."""
    return tenant if is_owner_id(tenant) else cabinets_chain(tenant)


def users_chain(telegram_id: int) -> UUID:
    """The chain of what a user did where there was no cabinet."""
    return owner_id(telegram_id)


class Actor(Model):
    """Who did it, without what would name a person."""

    kind: ActorKind = Field(description="stranger: nobody was asked who he is, as by a link in a mail")
    key_id: UUID | None = Field(default=None, description="of the API key, or of the session whose access token it was")
    session_id: UUID | None = None
    scopes: tuple[str, ...] = ()
    role: str | None = Field(default=None, description="in the cabinet, at that moment")


class Personal(Model):
    """What could name a person: erased when he asks for it."""

    telegram_id: TelegramId | None = Field(default=None, description="for whom it was done")
    address: str | None = Field(
        default=None, max_length=64, description="from where, an IPv6 one without its last half"
    )
    operator: str | None = Field(default=None, max_length=200, description="as the machine knows him")
    before: Values = Field(default_factory=dict)
    after: Values = Field(default_factory=dict)


class AuditRecordedV1(EventData, type="audit.recorded.v1", publisher="gateway"):
    """Something was done, tried or read. `cabinetid` is the chain: a cabinet's, a user's, or the administration's."""

    actor: Actor
    action: str = Field(
        max_length=200, description="the operation's id in OpenAPI, or the command", examples=["rename_cabinet"]
    )
    outcome: Outcome = Field(
        description="done: in the transaction of this record; outside the database, after a record that says begun; "
        "unchanged: there was nothing to change; failed: nothing of it was stored"
    )
    status: int | None = Field(default=None, description="of the answer, where it was known by then")
    code: str | None = Field(
        default=None, max_length=100, description="why it was refused", examples=["role_insufficient"]
    )
    cabinet_id: UUID | None = None
    targets: dict[str, str] = Field(default_factory=dict, description="ids of what it was done to, by their names")
    before: Values = Field(
        default_factory=dict, description="what changed, as it was; of a secret only that there is one"
    )
    after: Values = Field(default_factory=dict, description="what was asked to be, and what came of it")
    personal: Personal = Field(default_factory=Personal)
    request_id: UUID = Field(description="shared by the records of one request")
    trace_id: str | None = Field(default=None, pattern="^[0-9a-f]{32}$")


class IngestorAuditRecordedV1(AuditRecordedV1, type="ingestor_audit.recorded.v1", publisher="ingestor"):
    """An operator changed something by a command of the ingestor."""


class ReporterAuditRecordedV1(AuditRecordedV1, type="reporter_audit.recorded.v1", publisher="reporter"):
    """An operator changed something by a command of the reporter."""


class NotifierAuditRecordedV1(AuditRecordedV1, type="notifier_audit.recorded.v1", publisher="notifier"):
    """An operator changed something by a command of the notifier."""


RECORDS: tuple[type[AuditRecordedV1], ...] = (
    AuditRecordedV1,
    IngestorAuditRecordedV1,
    ReporterAuditRecordedV1,
    NotifierAuditRecordedV1,
)
"""What the audit keeps: one a service, for each event has one publisher."""
