"""Settings of the reporter."""

from pydantic import Field
from servicekit.settings import ServiceSettings

REPORTS_AT_A_TIME = 2


class Settings(ServiceSettings):
    """What every service needs, and how soon the figures follow the Moscow day."""

    day_turn_seconds: float = Field(default=30, gt=0, description="how often stale periods are looked for")

    reports_port: int = Field(default=9465, ge=0, le=65535, description="where the gateway asks for reports of orders")

    @property
    def work_connections(self) -> int:
        """One for each job, and for each report that is being made."""
        return 9 + REPORTS_AT_A_TIME

    @property
    def has_general_plans(self) -> bool:
        """Planning took as long as all the rest that PostgreSQL does for a live event."""
        return True
