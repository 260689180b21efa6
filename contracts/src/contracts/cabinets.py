"""Events of a cabinet's life: a WB shop that a seller connected by a token."""

from typing import Annotated, Literal
from uuid import UUID

from pydantic import Field

from contracts.envelope import EventData
from contracts.model import Count, Moment
from contracts.wb_token import TokenClaims

TelegramId = Annotated[int, Field(description="Telegram user or chat id")]


class CabinetConnectedV1(EventData, type="cabinet.connected.v1", publisher="gateway"):
    """A seller connected a cabinet, or gave an existing one a new token. Not yet checked at WB."""

    name: str | None = Field(default=None, description="the seller's own name for it")
    sealed_token: str = Field(description="the WB token, readable by the ingestor only")
    claims: TokenClaims
    members: tuple[TelegramId, ...] = Field(description="who is told of the cabinet's events")


class CabinetRenamedV1(EventData, type="cabinet.renamed.v1", publisher="gateway"):
    """The seller calls a cabinet otherwise."""

    name: str | None = Field(default=None, description="none: as WB calls its seller")


class MembersChangedV1(EventData, type="members.changed.v1", publisher="gateway"):
    """Somebody joined a cabinet or left it. The newest event, by its time, says who its members are."""

    members: tuple[TelegramId, ...] = Field(description="all of them now: who is told of the cabinet's events")


class CabinetVerifiedV1(EventData, type="cabinet.verified.v1", publisher="ingestor"):
    """WB accepted the token and named the seller: syncing begins."""

    seller_id: UUID
    seller_name: str
    trade_mark: str | None = None
    verified_at: Moment


class CabinetSuspendedV1(EventData, type="cabinet.suspended.v1", publisher="ingestor"):
    """WB keeps refusing the cabinet, or one resource of it; nothing stored is touched, and it is asked again by itself.

    It ends with `cabinet.verified`, or for a resource with `sync.resumed`.
    """

    reason: Literal["token_rejected", "payment_required", "scope_refused", "seller_mismatch", "token_unreadable"]
    detail: str = Field(description="what WB said, without secrets")
    resource: str | None = Field(default=None, description="the one resource refused; none: the whole cabinet")
    category: str | None = Field(default=None, description="of WB's methods, which the token would have to open")


class CabinetTokenExpiringV1(EventData, type="cabinet.token_expiring.v1", publisher="ingestor"):
    """The cabinet's token ends soon: told once for each threshold of 30, 14, 7, 3 and 1 days, and never backwards."""

    expires_at: Moment
    threshold_days: Count = Field(description="the threshold just passed: at most so many days are left")


class CabinetDisconnectedV1(EventData, type="cabinet.disconnected.v1", publisher="gateway"):
    """The seller removed the cabinet: every service forgets its data."""

    requested_by: TelegramId
