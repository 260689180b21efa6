"""Query parameters that more than one list takes."""

from typing import Annotated
from uuid import UUID

from fastapi import Query
from pydantic import StringConstraints

MAX_NM_ID = 2**63 - 1
LONGEST_NAME = 100

Name = Annotated[str, StringConstraints(min_length=1, max_length=LONGEST_NAME, pattern=r"^[^\x00-\x1f\x7f]+$"), Query()]
"""A name that cards are found by. PostgreSQL knows no text with a zero in it."""

OneCabinet = Annotated[UUID | None, Query(description="one cabinet; without it, all of the user's")]
"""`cabinet_id`."""
