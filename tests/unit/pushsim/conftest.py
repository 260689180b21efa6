"""The fakes, listening, and a client of them."""

from collections.abc import AsyncIterator

import httpx
import pytest
from pushsim.running import RunningPushsim, running_pushsim


@pytest.fixture
async def pushsim() -> AsyncIterator[RunningPushsim]:
    async with running_pushsim() as running:
        yield running


@pytest.fixture
async def client(pushsim: RunningPushsim) -> AsyncIterator[httpx.AsyncClient]:
    async with httpx.AsyncClient(base_url=pushsim.url, trust_env=False, timeout=60) as given:
        yield given
