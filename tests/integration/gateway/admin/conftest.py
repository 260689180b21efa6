"""An administrator, on the gateway of these tests, with what every service shows administrators."""

import pytest
from servicekit.db import Database
from support.administration import Admin
from support.gateway import Gateway


@pytest.fixture
async def admin(gateway: Gateway, notifier_db: Database) -> Admin:
    """An administrator with a key that acts for nobody."""
    return Admin(gateway, await gateway.key(None, scopes=("admin",)))
