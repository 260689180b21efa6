"""Sellers who ask the gateway all the time, and what they were answered."""

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

import httpx

from chaos.world import Seller, World

READ_SECONDS = 0.1
SYNC_SECONDS = 1.0


@dataclass(frozen=True)
class Answer:
    """Of one request: when it was sent (Unix seconds) and answered, and what was wrong with it, if something was."""

    at: float
    answered_at: float
    problem: str = ""


@dataclass
class Asked:
    """All requests so far, and the syncs that were accepted, each with whose it is."""

    answers: list[Answer] = field(default_factory=list)
    accepted: dict[str, Seller] = field(default_factory=dict)

    def failed(self, since: float, until: float) -> list[Answer]:
        """Requests that were not answered as they should be, of those sent in that time."""
        return [each for each in self.answers if each.problem and since <= each.at <= until]

    def answered_after(self, at: float) -> float:
        """Seconds from then until the first good answer to a request that was sent later; infinite if there is none."""
        good = (each.answered_at for each in self.answers if not each.problem and each.at >= at)
        return round(min(good, default=float("inf")) - at, 3)


@contextmanager
def asking(world: World) -> Iterator[Asked]:
    """Let the sellers read their orders ten times a second, and ask for a sync each second, over kept connections."""
    asked, done = Asked(), threading.Event()

    def repeat(pause: float, ask: Callable[[int], httpx.Response], note: Callable[[int, httpx.Response], None]) -> None:
        number = 0
        while not done.wait(pause):
            at, number = time.time(), number + 1
            try:
                answer = ask(number)
            except httpx.TransportError as error:
                asked.answers.append(Answer(at, time.time(), f"{type(error).__name__}: {error}"))
                continue
            problem = "" if answer.status_code < 400 else f"{answer.status_code} {answer.text[:200]}"
            asked.answers.append(Answer(at, time.time(), problem))
            if not problem:
                note(number, answer)

    def whose(number: int) -> Seller:
        return world.sellers[number % len(world.sellers)]

    def read(number: int) -> httpx.Response:
        seller = whose(number)
        return seller.pulse.api.get("/api/v1/orders", params={"cabinet_id": seller.cabinet_id, "limit": 10})

    def sync(number: int) -> httpx.Response:
        seller = whose(number)
        body = {"cabinet_id": seller.cabinet_id, "resources": ["orders"]}
        return seller.pulse.api.post("/api/v1/sync/start", json=body)

    def accept(number: int, answer: httpx.Response) -> None:
        asked.accepted[answer.json()["sync_id"]] = whose(number)

    threads = [
        threading.Thread(target=repeat, args=(READ_SECONDS, read, lambda _, __: None)),
        threading.Thread(target=repeat, args=(SYNC_SECONDS, sync, accept)),
    ]
    for thread in threads:
        thread.start()
    try:
        yield asked
    finally:
        done.set()
        for thread in threads:
            thread.join()
