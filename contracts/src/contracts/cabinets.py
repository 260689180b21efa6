"""Events of a cabinet's life: a WB shop that a seller connected by a token."""

from typing import Annotated, ClassVar, Literal
from uuid import UUID

from pydantic import Field

from contracts.envelope import EventData
from contracts.model import Moment
from contracts.wb_token import TokenClaims

TelegramId = Annotated[int, Field(description="Telegram user or chat id")]


class CabinetConnectedV1(EventData):
    """A seller connected a cabinet, or gave an existing one a new token. Not yet checked at WB."""

    TYPE: ClassVar[str] = "cabinet.connected.v1"
    name: str | None = Field(default=None, description="the seller's own name for it")
    sealed_token: str = Field(description="the WB token, readable by the ingestor only")
    claims: TokenClaims
    members: tuple[TelegramId, ...] = Field(description="who is told of the cabinet's events")


class CabinetVerifiedV1(EventData):
    """WB accepted the token and named the seller: syncing begins."""

    TYPE: ClassVar[str] = "cabinet.verified.v1"
    seller_id: UUID
    seller_name: str
    trade_mark: str | None = None
    verified_at: Moment


class CabinetSuspendedV1(EventData):
    """WB refuses the cabinet (or one resource of it) until the seller acts; nothing stored is touched."""

    TYPE: ClassVar[str] = "cabinet.suspended.v1"
    reason: Literal["token_rejected", "payment_required", "scope_refused", "seller_mismatch", "token_unreadable"]
    detail: str = Field(description="what WB said, without secrets")
    resource: str | None = Field(default=None, description="the one resource refused; none: the whole cabinet")


class CabinetDisconnectedV1(EventData):
    """The seller removed the cabinet: every service forgets its data."""

    TYPE: ClassVar[str] = "cabinet.disconnected.v1"
    requested_by: TelegramId
