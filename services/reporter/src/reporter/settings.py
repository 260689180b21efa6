"""Settings of the reporter."""

from pydantic import Field
from servicekit.settings import ServiceSettings


class Settings(ServiceSettings):
    """What every service needs, and how soon the figures follow the Moscow day."""

    day_turn_seconds: float = Field(default=30, gt=0, description="how often stale periods are looked for")
