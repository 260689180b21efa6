"""Fields and parameters that records of administrators share."""

from datetime import UTC, datetime
from typing import Annotated

from fastapi import Path
from pydantic import AfterValidator, AwareDatetime, Field, StringConstraints, WithJsonSchema

from gateway.telegram_ids import MAX_TELEGRAM_ID

EARLIEST, LATEST = datetime(2000, 1, 1, tzinfo=UTC), datetime(2200, 1, 1, tzinfo=UTC)


def _in_our_time(moment: datetime) -> datetime:
    if not EARLIEST <= moment < LATEST:
        raise ValueError("a time between 2000 and 2200")
    return moment


BoundedMoment = Annotated[
    AwareDatetime,
    AfterValidator(_in_our_time),
    WithJsonSchema({"type": "string", "format": "date-time", "pattern": "^2[01][0-9]{2}-"}),
]
"""A time that is near enough to be computed with."""

RecordId = Annotated[str, Path(max_length=400, description="the record's `id`")]

TelegramId = Annotated[int, Field(ge=1, le=MAX_TELEGRAM_ID, description="of the Telegram user")]

Name = Annotated[str, StringConstraints(max_length=100, pattern=r"^[^\x00-\x1f\x7f]*$")]

Note = Annotated[str, StringConstraints(max_length=2000, pattern=r"^[^\x00-\x08\x0b-\x1f\x7f]*$")]
"""Lines of text."""

Version = Annotated[int, Field(ge=0, le=2**32, description="another one after every change: send it back with a `PUT`")]
