"""Events of what people want to be told."""

from typing import Annotated, Literal

from pydantic import Field

from contracts.cabinets import TelegramId
from contracts.envelope import EventData


class PreferencesEnteredV1(EventData, type="preferences.entered.v1", publisher="gateway"):
    """What a member of a cabinet wants to be told of it: all of it, whatever changed. The newest revision counts."""

    telegram_id: TelegramId
    channel: Literal["telegram"]
    off: tuple[str, ...] = Field(description="kinds of messages that are not wanted; the others are")
    revision: Annotated[int, Field(ge=1, description="counts from 1 how often they were changed")]
