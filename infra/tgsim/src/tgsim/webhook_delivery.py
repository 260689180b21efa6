"""Delivery of a bot's updates to its webhook: in order for each chat, again and again until a 2xx."""

import asyncio
import json
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field

import httpx

from tgsim.updates import Update, Updates

MAX_ANSWER_BYTES = 1024 * 1024
_TIMEOUT_SECONDS = 60.0
_FIRST_PAUSE_SECONDS = 0.1
_LONGEST_PAUSE_SECONDS = 30.0

Execute = Callable[[str, bytes], Awaitable[None]]  # (content type, body)


@dataclass
class Webhook:
    """Where updates go, and what came of the last try that failed."""

    url: str
    secret_token: str = ""
    max_connections: int = 40
    last_error_at: float | None = None
    last_error: str = ""
    attempts: int = 0


@dataclass
class Delivery:
    """One bot's delivery; `execute` runs the method that stands in a webhook's answer, if one does."""

    updates: Updates
    clock: Callable[[], float]
    execute: Execute
    webhook: Webhook | None = None
    _running: asyncio.Task[None] | None = None
    _lines: set[int] = field(default_factory=set)
    _sending: set[asyncio.Task[None]] = field(default_factory=set)

    async def start(self, webhook: Webhook) -> None:
        """Send everything to this webhook from now on."""
        await self.stop()
        self.webhook = webhook
        self._running = asyncio.create_task(self._run(webhook))

    async def stop(self) -> None:
        """Send nothing more; a try under way is given up."""
        tasks = [*self._sending, *([self._running] if self._running else [])]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        self._running, self.webhook = None, None
        self._lines.clear()

    async def _run(self, webhook: Webhook) -> None:
        limits = httpx.Limits(max_connections=webhook.max_connections)
        async with httpx.AsyncClient(timeout=_TIMEOUT_SECONDS, limits=limits, trust_env=False) as client:
            while True:
                self.updates.changed.clear()
                for update in self.updates.pending():
                    if len(self._lines) >= webhook.max_connections:
                        break
                    if update.line not in self._lines:
                        self._lines.add(update.line)
                        task = asyncio.create_task(self._deliver(client, webhook, update))
                        self._sending.add(task)
                        task.add_done_callback(self._sending.discard)
                await self.updates.changed.wait()

    async def _deliver(self, client: httpx.AsyncClient, webhook: Webhook, update: Update) -> None:
        pause = _FIRST_PAUSE_SECONDS
        while self.updates.waits(update):
            webhook.attempts += 1
            error = await self._try(client, webhook, update)
            if error is None:
                self.updates.forget(update)
                break
            webhook.last_error_at, webhook.last_error = self.clock(), error
            await asyncio.sleep(pause)
            pause = min(pause * 2, _LONGEST_PAUSE_SECONDS)
        self._lines.discard(update.line)
        self.updates.changed.set()

    async def _try(self, client: httpx.AsyncClient, webhook: Webhook, update: Update) -> str | None:
        headers = {"content-type": "application/json"}
        if webhook.secret_token:
            headers["x-telegram-bot-api-secret-token"] = webhook.secret_token
        body = json.dumps(update.as_json(), ensure_ascii=False).encode()
        try:
            response = await client.post(webhook.url, content=body, headers=headers)
        except httpx.HTTPError as error:
            return f"Connection failed: {type(error).__name__}"
        if not response.is_success:
            return f"Wrong response from the webhook: {response.status_code} {response.reason_phrase}"
        if 0 < len(response.content) <= MAX_ANSWER_BYTES:
            await self.execute(response.headers.get("content-type", ""), response.content)
        return None
