"""What users say of targets, and what they are shown of them."""

from collections.abc import Sequence
from typing import Annotated, Any, Literal
from uuid import UUID

from contracts.model import Model, Moment
from contracts.notification_targets import TargetChannel
from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from gateway.api.examples import example
from gateway.api.webhook_form import Cabinets, Description, Url
from gateway.targets import codes
from gateway.targets.notifier import Fares
from gateway.targets.store import Target

EXAMPLE: dict[str, Any] = example("target")["data"]
Text = StringConstraints(pattern=r"^[!-~]+$")


class _Enter(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")

    label: Description | None = Field(default=None, description="what you know it by")
    cabinets: Cabinets | None = Field(default=None, description="null: every cabinet that you are a member of")


class EnterEmail(_Enter):
    """An e-mail address."""

    channel: Literal["email"]
    address: Annotated[str, StringConstraints(min_length=3, max_length=254)] = Field(examples=["maria@example.ru"])


class EnterWebPush(_Enter):
    """A browser's `PushSubscription`."""

    channel: Literal["webpush"]
    endpoint: Url
    p256dh: Annotated[str, StringConstraints(max_length=100), Text] = Field(description="base64url")
    auth: Annotated[str, StringConstraints(max_length=40), Text] = Field(description="base64url")


class EnterFirebase(_Enter):
    """An app on a phone."""

    channel: Literal["firebase"]
    token: Annotated[str, StringConstraints(min_length=20, max_length=4096), Text] = Field(
        description="the registration token that Firebase gave the app"
    )


class EnterTelegram(_Enter):
    """A group in Telegram, which the bot enters for somebody who is a member there."""

    channel: Literal["telegram"]
    chat_id: int = Field(ge=-(2**52), lt=0, description="of a group: negative")
    topic_id: int | None = Field(default=None, ge=1, lt=2**31, description="one topic of it; null: the group itself")
    title: Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=255)]


EnterTarget = EnterEmail | EnterWebPush | EnterFirebase | EnterTelegram


class ConfirmTarget(BaseModel):
    """The code from the mail."""

    model_config = ConfigDict(frozen=True, extra="forbid", json_schema_extra={"examples": [{"code": "048213"}]})

    code: Annotated[str, StringConstraints(pattern=rf"^[0-9]{{{codes.DIGITS}}}$")]


class ShownTarget(Model):
    """A target, without its address."""

    model_config = ConfigDict(json_schema_extra={"examples": [EXAMPLE]})

    target_id: UUID
    channel: TargetChannel
    label: str | None
    hint: str = Field(description="what is shown of its address: never all of it; of a group its title")
    cabinets: tuple[UUID, ...] | None = Field(description="those that you are a member of; null: all of them")
    chat_id: int | None
    topic_id: int | None
    state: Literal["unconfirmed", "active", "ended"] = Field(
        description="unconfirmed: its code is waited for; ended: it is no more, and has to be entered anew"
    )
    ended_at: Moment | None
    ended_because: str | None = Field(description="what its channel said")
    failing_since: Moment | None = Field(description="it takes nothing since then; null: it does, or was not asked yet")
    last_error: str | None
    created_at: Moment
    updated_at: Moment


class RequestedTestMessage(Model):
    """A test message that was asked for."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"delivery_id": "01a20c2b-7a5e-7c3e-9d0a-1c2f5b7e9a41"}]})

    delivery_id: UUID


class VapidKey(Model):
    """What a browser needs to subscribe."""

    model_config = ConfigDict(json_schema_extra={"examples": [example("vapid_key")["data"]]})

    public_key: str | None = Field(description="`applicationServerKey`, base64url; null: Web Push is off here")


def is_ended(stored: Target, fares: Fares | None) -> bool:
    """Whether its channel said that it is no more, and nobody entered it anew since."""
    return fares is not None and fares.ended_at is not None and fares.revision >= stored.revision


def shown(stored: Target, fares: Fares | None, mine: Sequence[UUID]) -> ShownTarget:
    """The target as its user sees it; `mine` are his cabinets."""
    ended = fares if is_ended(stored, fares) else None
    return ShownTarget(
        target_id=stored.target_id,
        channel=stored.channel,
        label=stored.label,
        hint=stored.hint,
        cabinets=None if stored.cabinets is None else tuple(stored.covered(list(mine))),
        chat_id=stored.chat_id,
        topic_id=stored.topic_id,
        state="ended" if ended else "active" if stored.is_confirmed else "unconfirmed",
        ended_at=ended and ended.ended_at,
        ended_because=ended and ended.ended_because,
        failing_since=fares and fares.failing_since,
        last_error=fares and fares.last_error,
        created_at=stored.created_at,
        updated_at=stored.updated_at,
    )
