"""The base of everything that crosses a service boundary."""

from datetime import timedelta, timezone
from decimal import Decimal
from typing import Annotated

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field

MOSCOW = timezone(timedelta(hours=3), "MSK")
"""Wildberries' own time zone: its times without an offset mean this one, and its days begin in it."""

MAX_BATCH = 500
"""Rows in one data event at most; keeps a message near 500 kB and a consumer's transaction short."""


class Model(BaseModel):
    """A frozen value. Unknown fields are ignored: within a version only optional fields are ever added.

    Its validator is built when it is first used: a service knows many models and uses few.
    """

    model_config = ConfigDict(frozen=True, extra="ignore", defer_build=True)


Moment = AwareDatetime
"""A point in time with its offset."""

Money = Annotated[Decimal, Field(max_digits=18, decimal_places=4)]
"""An amount; a string in JSON. Its currency stands beside it, or is said where the amount is described."""

Figure = Annotated[Decimal, Field(decimal_places=4)]
"""As `Money`, but counted from many rows: of any size, so that no row can make it one that nobody reads."""

NmId = Annotated[int, Field(ge=1, description="WB article (nmID)")]
Count = Annotated[int, Field(ge=0)]
