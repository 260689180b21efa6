"""What an event makes stale of what the gateway itself owns."""

from typing import Any

from contracts.envelope import Event
from servicekit.cache import Cache
from servicekit.consume import AfterCommit

from contracts import cache_keys


def of_reviews(cache: Cache) -> AfterCommit:
    """For events that change what is shown beside a cabinet's feedbacks and questions."""

    async def invalidate(event: Event[Any], _: object) -> None:
        tags = (cache_keys.cabinet_reviews_tag, cache_keys.cabinet_questions_tag)
        await cache.invalidate([tag(event.cabinetid) for tag in tags])

    return invalidate


def of_cabinets(cache: Cache) -> AfterCommit:
    """For events that change a cabinet's row, also on a repeated delivery."""

    async def invalidate(event: Event[Any], _: object) -> None:
        await cache.invalidate([cache_keys.cabinet_tag(event.cabinetid)])

    return invalidate
