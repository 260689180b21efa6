"""Photos on their way to Telegram: fetched once, uploaded once, then sent by Telegram's own file_id."""

import asyncio
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TypeVar
from uuid import UUID

import httpx
import structlog
from servicekit.addresses import AddressRefused, NotResolved, checked_target
from servicekit.http import fetch

from notifier.channels.outbound import outbound

log = structlog.get_logger()

FETCH_TIMEOUT_SECONDS = 5.0
MAX_PHOTO_BYTES = 5_000_000
UNUSABLE_SECONDS = 600.0
"""A photo that failed is not asked for again so soon: messages go out without waiting for it."""
MAX_REMEMBERED = 10_000

Key = tuple[UUID, str]
"""Cabinet id and URL."""

V = TypeVar("V")


class Photos:
    """What this process knows of photos. What lasts is in the table `photos`; this only spans the moment until then."""

    def __init__(self, client: httpx.AsyncClient, *, allow_private: bool) -> None:
        self._client = client
        self._allow_private = allow_private
        self._file_ids: dict[Key, str] = {}
        self._unusable_until: dict[Key, float] = {}
        self._uploads: dict[Key, asyncio.Event] = {}

    async def file_id(self, key: Key) -> str | None:
        """The file_id this process learned, waiting for the upload that is under way if there is one."""
        if upload := self._uploads.get(key):
            await upload.wait()
        return self._file_ids.get(key)

    def learned(self, key: Key, file_id: str) -> None:
        """Telegram gave the photo this file_id."""
        _remember(self._file_ids, key, file_id)

    def forget(self, key: Key, file_id: str) -> None:
        """Telegram does not know this file_id (any more)."""
        if self._file_ids.get(key) == file_id:
            del self._file_ids[key]

    def is_usable(self, key: Key) -> bool:
        """False for a while after `unusable`."""
        return self._unusable_until.get(key, 0.0) <= time.monotonic()

    def unusable(self, key: Key, reason: str) -> None:
        """The photo cannot be had or Telegram does not take it."""
        log.warning("photo.unusable", cabinet_id=str(key[0]), reason=reason)
        _remember(self._unusable_until, key, time.monotonic() + UNUSABLE_SECONDS)

    @contextmanager
    def uploading(self, key: Key) -> Iterator[None]:
        """Within the block others who want the same photo wait for its file_id."""
        upload = asyncio.Event()
        self._uploads.setdefault(key, upload)
        try:
            yield
        finally:
            if self._uploads.get(key) is upload:
                del self._uploads[key]
            upload.set()

    async def load(self, url: str) -> bytes | str:
        """The photo, or the reason why it cannot be had."""
        with outbound("photo fetch", {}, verb="GET") as (_, headers):
            try:
                async with asyncio.timeout(FETCH_TIMEOUT_SECONDS):
                    target = await checked_target(url, allow_private=self._allow_private)
                    request = self._client.build_request(
                        "GET", target.url, headers=headers | target.headers, extensions=target.extensions
                    )
                    answer = await fetch(self._client, request, max_bytes=MAX_PHOTO_BYTES)
            except (AddressRefused, NotResolved) as error:
                return str(error)
            except (httpx.HTTPError, TimeoutError) as error:
                return type(error).__name__
        return answer.body if answer.status == 200 else f"its host answered {answer.status}"


def _remember(memory: dict[Key, V], key: Key, value: V) -> None:
    if len(memory) >= MAX_REMEMBERED:
        del memory[next(iter(memory))]
    memory[key] = value
