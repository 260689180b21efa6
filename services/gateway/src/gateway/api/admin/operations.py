"""What routes of administrators work with beside the database; `app.build` puts it into the app's state."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated

from fastapi import Depends
from starlette.requests import Request

from gateway.admin.configuration import Setting
from gateway.admin.dead_letters import DeadLetters


@dataclass(frozen=True)
class Operations:
    """The dead letters of the broker, and this gateway's settings."""

    dead_letters: DeadLetters
    configuration: Sequence[Setting]


async def _operations(request: Request) -> Operations:
    operations = request.app.state.operations
    assert isinstance(operations, Operations)  # noqa: S101  # set by app.build
    return operations


UsedOperations = Annotated[Operations, Depends(_operations)]


async def _dead_letters(operations: UsedOperations) -> DeadLetters:
    return operations.dead_letters


UsedDeadLetters = Annotated[DeadLetters, Depends(_dead_letters)]
