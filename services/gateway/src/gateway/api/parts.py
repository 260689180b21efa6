"""What routes work with; `app.build` puts it into the app's state."""

from dataclasses import dataclass
from typing import Annotated

from fastapi import Depends
from servicekit.cache import Cache
from servicekit.db import Database
from starlette.requests import Request


@dataclass(frozen=True)
class Parts:
    """The gateway's own database, its cache, and the key that WB tokens are sealed to."""

    database: Database
    cache: Cache
    seal_public_key: str


def _parts(request: Request) -> Parts:
    parts = request.app.state.parts
    assert isinstance(parts, Parts)  # noqa: S101  # set by app.build
    return parts


UsedParts = Annotated[Parts, Depends(_parts)]
