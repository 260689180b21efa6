"""Who may administrate: a key with the scope `admin`, which acts for nobody."""

from dataclasses import dataclass
from typing import Annotated
from uuid import UUID

from fastapi import Security
from fastapi.security import SecurityScopes

from gateway.api.auth import Granted, require_scopes


@dataclass(frozen=True)
class Administrator:
    """An authenticated request of an administrator."""

    key_id: UUID

    @property
    def name(self) -> str:
        """As it stands in records of what was asked for."""
        return f"key {self.key_id}"


async def _administrate(needed: SecurityScopes, grant: Granted) -> Administrator:
    require_scopes(grant, needed)
    return Administrator(grant.key_id)


Admin = Annotated[Administrator, Security(_administrate, scopes=["admin"])]
