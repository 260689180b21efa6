"""A simulator on a real socket, fresh for each test that asks for one, and a client of it."""

import ssl
from collections.abc import AsyncIterator

import httpx
import pytest
from wbsim.running import Wbsim, running_wbsim


@pytest.fixture
async def wb() -> AsyncIterator[Wbsim]:
    async with running_wbsim(products=12, history_orders=60) as running:
        yield running


@pytest.fixture(scope="session")
def no_tls() -> ssl.SSLContext:
    """What a client needs that only speaks plain HTTP: certificates take long to load."""
    return ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)


@pytest.fixture
async def http(wb: Wbsim, no_tls: ssl.SSLContext) -> AsyncIterator[httpx.AsyncClient]:
    """Calls as the first seller, with a personal token of all categories."""
    headers = {"Authorization": f"Bearer {wb.world.issue_token()}"}
    async with httpx.AsyncClient(base_url=wb.url, headers=headers, timeout=60, verify=no_tls) as client:
        yield client
