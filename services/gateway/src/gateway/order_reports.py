"""Reports of orders, asked of the reporter (ADR 0029)."""

import asyncio
from dataclasses import dataclass
from uuid import UUID

import httpx
import structlog
from servicekit.http import fetch

log = structlog.get_logger()

TIMEOUT_SECONDS = 10
"""For the whole answer."""
MAX_BYTES = 1024 * 1024
"""Many times what the largest report has."""


class ReportUnavailable(Exception):
    """The reporter gave no answer that is one."""


@dataclass(frozen=True)
class OrderReports:
    """The reporter's internal interface at `url`."""

    client: httpx.AsyncClient
    url: str

    async def read(self, cabinet_id: UUID, order_id: UUID) -> bytes | None:
        """The report as JSON; none: the reporter has no such order of the cabinet.

        Raises:
            ReportUnavailable: the reporter is away, too slow, or fails.
        """
        request = self.client.build_request(
            "GET", f"{self.url}/internal/cabinets/{cabinet_id}/orders/{order_id}/report"
        )
        try:
            async with asyncio.timeout(TIMEOUT_SECONDS):
                answer = await fetch(self.client, request, max_bytes=MAX_BYTES)
        except (httpx.TransportError, TimeoutError) as error:
            log.warning("report.unavailable", error=f"{type(error).__name__}: {error}")
            raise ReportUnavailable from error
        if answer.status == 404:
            return None
        if answer.status != 200:
            log.warning("report.unavailable", status=answer.status)
            raise ReportUnavailable
        return answer.body
