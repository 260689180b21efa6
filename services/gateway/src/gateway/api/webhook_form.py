"""What users say of webhooks, and what they are shown of them."""

from collections.abc import Sequence
from typing import Annotated, Any, Literal
from uuid import UUID

from contracts.model import Model, Moment
from contracts.webhooks import EVENT_TYPES, EVERYTHING
from pydantic import AfterValidator, BaseModel, ConfigDict, Field, StringConstraints

from gateway.api.examples import example
from gateway.webhook_log import NotifiersState
from gateway.webhooks import Subscription

MOST_CABINETS = 100
MOST_HOURS = 7 * 24

_EXAMPLE = example("webhook")["data"]


def _known(event_type: str) -> str:
    if event_type not in EVENT_TYPES:
        raise ValueError("no type of event that a webhook can be told")
    return event_type


def _each_once(values: Sequence[Any]) -> tuple[Any, ...]:
    return tuple(sorted(set(values)))


Url = Annotated[
    str,
    StringConstraints(min_length=1, max_length=2000, pattern=r"^[^\x00-\x20\x7f]+$"),
    Field(description="https, at a public address, without a password in it", examples=[_EXAMPLE["url"]]),
]
Description = Annotated[str, StringConstraints(strip_whitespace=True, max_length=200, pattern=r"^[^\x00-\x1f\x7f]*$")]
EventType = Annotated[str, AfterValidator(_known), Field(json_schema_extra={"enum": list(EVENT_TYPES)})]
EventTypes = Annotated[
    tuple[EventType, ...],
    Field(
        min_length=1,
        max_length=len(EVENT_TYPES),
        description="`*`: every message; `order.*`: those of a family; what ends in `.v1` is the event as services say "
        "it to one another, which messages are made from, and is told only where it is named",
    ),
    AfterValidator(_each_once),
]
Cabinets = Annotated[tuple[UUID, ...], Field(min_length=1, max_length=MOST_CABINETS), AfterValidator(_each_once)]


class EnterWebhook(BaseModel):
    """Where to send what."""

    model_config = ConfigDict(
        frozen=True,
        extra="forbid",
        json_schema_extra={"examples": [{"url": _EXAMPLE["url"], "event_types": ["order.*", "token.expiring"]}]},
    )

    url: Url
    description: Description | None = None
    cabinets: Cabinets | None = Field(default=None, description="null: every cabinet that you are a member of")
    event_types: EventTypes = (EVERYTHING,)


class ChangeWebhook(EnterWebhook):
    """The whole of it."""

    state: Literal["active", "paused"] | None = Field(
        default=None, description="paused: events are kept for a replay; active: resumes it; null: as it is"
    )


class Secret(Model):
    """A secret that signs, without itself."""

    created_at: Moment
    until: Moment | None = Field(description="it signs no more from then on; null: it is the newest")


class Webhook(Model):
    """A subscription, and how its endpoint fares."""

    model_config = ConfigDict(json_schema_extra={"examples": [_EXAMPLE]})

    webhook_id: UUID
    url: str
    description: str | None
    cabinets: tuple[UUID, ...] | None = Field(description="those that you are a member of; null: all of them")
    event_types: tuple[str, ...]
    state: Literal["active", "paused"] = Field(description="while it is paused, events are kept for a replay")
    paused_because: Literal["user", "gone", "unavailable"] | None = Field(
        description="you paused it; the endpoint answered 410; or it took nothing in 7 days"
    )
    paused_at: Moment | None = Field(description="when its endpoint was given up")
    failing_since: Moment | None = Field(description="it takes nothing since then; null: it does, or was not asked yet")
    last_error: str | None
    secrets: tuple[Secret, ...] = Field(description="that sign what is sent, the newest first")
    revision: int = Field(description="counts from 1 how often it was changed")
    created_at: Moment
    updated_at: Moment


class NewWebhook(Webhook):
    """A subscription with its secret."""

    model_config = ConfigDict(json_schema_extra={"examples": [_EXAMPLE | {"secret": "<shown once>"}]})

    secret: str = Field(description="verifies what comes (Standard Webhooks); shown this once")


class RotateSecret(BaseModel):
    """How long the secret before goes on."""

    model_config = ConfigDict(frozen=True, extra="forbid", json_schema_extra={"examples": [{"previous_hours": 24}]})

    previous_hours: int = Field(
        default=24, ge=0, le=MOST_HOURS, description="hours in which it signs beside the new one"
    )


def is_paused(stored: Subscription, state: NotifiersState | None) -> bool:
    """By its user, or because its endpoint was given up and nobody resumed it since."""
    return not stored.is_active or _given_up(stored, state) is not None


def shown(stored: Subscription, state: NotifiersState | None, mine: Sequence[UUID]) -> Webhook:
    """The subscription as its user sees it; `mine` are his cabinets."""
    given_up = _given_up(stored, state)
    wanted = stored.wanted
    return Webhook.model_validate(
        {
            **{name: value for name, value in vars(stored).items() if name not in ("wanted", "secrets")},
            **vars(wanted),
            "cabinets": None if wanted.cabinets is None else stored.covered(mine),
            "state": "paused" if is_paused(stored, state) else "active",
            "paused_because": ("user" if not stored.is_active else given_up and given_up.paused_because),
            "paused_at": given_up and given_up.paused_at,
            "failing_since": state and state.failing_since,
            "last_error": state and state.last_error,
            "secrets": [Secret(created_at=each.created_at, until=each.until) for each in stored.secrets],
        }
    )


def _given_up(stored: Subscription, state: NotifiersState | None) -> NotifiersState | None:
    # The notifier may not have heard yet that it was resumed.
    return state if state and state.paused_at and state.resumes >= stored.resumes else None


def resumed(stored: Subscription, state: NotifiersState | None, wish: str | None) -> dict[str, Any]:
    """What changes of a subscription that its user wants `active`, `paused` or, none, as it is."""
    if wish == "active" and is_paused(stored, state):
        return {"is_active": True, "resumes": stored.resumes + 1}
    return {"is_active": False} if wish == "paused" else {}
