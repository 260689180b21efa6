"""Clients of the fake Wildberries, and what they call it with."""

from typing import TYPE_CHECKING, Any

import httpx
from contracts.wb_token import TokenKind, read_claims
from ingestor.wb.budget import Budget
from ingestor.wb.client import Access, WbClient
from ingestor.wb.hosts import Host
from wbsim.running import Wbsim

if TYPE_CHECKING:
    from datetime import datetime


KIND = TokenKind.PERSONAL

ORDERS = {"dateFrom": "2026-01-01", "flag": "0"}


def now() -> "datetime":
    from datetime import UTC, datetime

    return datetime.now(UTC)


def make(http: httpx.AsyncClient, budget: Budget, url: str) -> WbClient:
    return WbClient(http, dict.fromkeys(Host, url), budget, timeout_seconds=0.3)


async def access_of(wb: Wbsim, **token: Any) -> Access:
    raw = await wb.token(**token)
    claims = read_claims(raw, now=now(), required=frozenset())
    return Access(claims.seller_id, claims.kind, raw)
