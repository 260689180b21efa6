"""What Prometheus knows of all services, where there is one."""

import asyncio
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import httpx
import structlog
from servicekit.http import fetch

log = structlog.get_logger()

TIMEOUT_SECONDS = 5.0
"""For all that is asked."""
MAX_BYTES = 1024 * 1024

QUERIES = {
    "alerts": 'ALERTS{alertstate="firing"}',
    "up": 'up{job!="prometheus"}',
    "errors": "pulse:objective_errors:ratio1h",
    "budgets": "pulse:objective_budget:ratio",
    "late": "max by (resource) (pulse_sync_late)",
    "oldest": "max by (resource) (pulse_sync_oldest_success_seconds)",
    "newest": "min by (resource) (pulse_sync_newest_success_seconds)",
    "outboxes": "max by (job) (pulse_outbox_oldest_seconds)",
    "overdue": "max by (channel) (pulse_deliveries_overdue_seconds)",
    "open": "max by (channel) (pulse_deliveries_open)",
    "stale": "max by (kind) (pulse_stale_oldest_seconds)",
    "stopped": "max by (method) (pulse_wb_stopped_seconds) > 0",
}


@dataclass(frozen=True)
class Sample:
    """A value with its labels."""

    labels: Mapping[str, str]
    value: float


Known = Mapping[str, Sequence[Sample]]
"""What each of `QUERIES` gave, by its name; one that was not answered is not there."""


async def ask(client: httpx.AsyncClient, url: str) -> Known | None:
    """All of `QUERIES`, side by side; none: Prometheus does not answer."""
    try:
        async with asyncio.timeout(TIMEOUT_SECONDS):
            answers = await asyncio.gather(*(_ask_one(client, url, query) for query in QUERIES.values()))
    except (httpx.HTTPError, TimeoutError) as error:
        log.warning("prometheus.away", error=f"{type(error).__name__}: {error}"[:300])
        return None
    return {name: found for name, found in zip(QUERIES, answers, strict=True) if found is not None}


async def _ask_one(client: httpx.AsyncClient, url: str, query: str) -> Sequence[Sample] | None:
    request = client.build_request("GET", f"{url}/api/v1/query", params={"query": query})
    answer = await fetch(client, request, max_bytes=MAX_BYTES)
    if answer.status != httpx.codes.OK:
        log.warning("prometheus.refused", status=answer.status, query=query)
        return None
    try:
        return [
            Sample({name: str(value) for name, value in each["metric"].items()}, float(each["value"][1]))
            for each in json.loads(answer.body)["data"]["result"]
        ]
    except (ValueError, LookupError, TypeError, AttributeError):
        log.warning("prometheus.unreadable", query=query)
        return None
