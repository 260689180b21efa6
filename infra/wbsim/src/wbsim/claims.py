"""Buyers' claims for returns, as the returns service writes them.

Some buyers file one a few days after a purchase; it waits until it is decided, and is in the archive from then on. A
return decides the claim of its order, or is accepted on the spot.
"""

import uuid
from dataclasses import dataclass
from datetime import datetime
from random import Random

from wbsim.catalogue import PHOTO_BASE
from wbsim.currencies import Currency
from wbsim.orders import Order, RowJson
from wbsim.times import DAY_SECONDS, MOSCOW, moscow

KEPT_SECONDS = 14 * DAY_SECONDS
"""How long after it was filed a claim can be read."""
CLAIM_SHARE, SPOT_SHARE = 0.05, 0.6
"""How many purchases bring a claim, and how many returns without one are accepted by a claim on the spot."""
DECIDED_SHARE = 0.6
PORTAL, CHAT = 1, 3
WAITING, REJECTED, APPROVED = 0, 1, 2
TO_SCRAP, KEPT_BY_BUYER, RESOLD, TO_SELLER = 2, 5, 8, 10
"""What becomes of the goods of an approved claim: `status_ex`."""

_COMMENTS = (
    "Шов разошёлся после первой носки",
    "Цвет не соответствует фото",
    "Пришёл товар другого размера",
    "На корпусе трещина, не включается",
    "Длина не соответствует описанию",
)
_ANSWERS = {
    REJECTED: "Продавец отклонил вашу заявку: подтвердить брак не получилось",
    APPROVED: "Продавец одобрил вашу заявку. Верните товар в пункт выдачи",
}
_ACTIONS = {
    WAITING: ["approve1", "approve2", "autorefund1", "reject1", "reject2", "reject3", "rejectcustom"],
    REJECTED: ["approve1", "autorefund1"],
    APPROVED: [],
}


@dataclass(slots=True)
class Decision:
    """What came of a claim, from the simulated moment `at` on."""

    at: float
    status: int
    status_ex: int


@dataclass(slots=True)
class Claim:
    """One claim; `said` are the fields that never change, moments are simulated Unix seconds."""

    filed_at: float
    said: RowJson
    decision: Decision | None = None

    def waits(self, now: float) -> bool:
        """Whether it is not decided yet."""
        return self.decision is None or self.decision.at > now


class Claims:
    """The claims of a shop by srid, those of buyers who will file one later included."""

    def __init__(self, seed: int, opened_at: float, currency: Currency) -> None:
        self.currency = currency
        self.of: dict[str, Claim] = {}
        self._rng = Random(f"{seed} claims")
        self._opened_at = opened_at

    def bought(self, order: Order, title: str, at: float) -> None:
        """A purchase: its buyer may file a claim within days, and have it decided."""
        rng = self._rng
        if rng.random() >= CLAIM_SHARE:
            return
        filed_at = at + rng.uniform(0.2, 6) * DAY_SECONDS
        claim = make_claim(rng, order, title, at, filed_at, self.currency)
        if rng.random() < DECIDED_SHARE:
            claim.decision = decide(rng, filed_at + rng.uniform(0.2, 4) * DAY_SECONDS)
        # Nobody will ever be able to read older ones.
        if filed_at + KEPT_SECONDS > self._opened_at:
            self.of[order.srid] = claim

    def returned(self, order: Order, title: str, bought_at: float, at: float) -> None:
        """A return: the claim of the order, if it has one, is approved."""
        claim = self.of.get(order.srid)
        if claim is None or claim.filed_at > at:
            if self._rng.random() >= SPOT_SHARE or at + KEPT_SECONDS <= self._opened_at:
                self.of.pop(order.srid, None)
                return
            claim = self.of[order.srid] = make_claim(self._rng, order, title, bought_at, at, self.currency)
        if claim.waits(at) or claim.decision is None or claim.decision.status != APPROVED:
            claim.decision = Decision(at, APPROVED, self._rng.choice((RESOLD, TO_SELLER)))

    def readable(self, now: float) -> list[Claim]:
        """The claims of the last 14 days, newest first."""
        found = [claim for claim in self.of.values() if now - KEPT_SECONDS <= claim.filed_at <= now]
        return sorted(found, key=lambda claim: claim.filed_at, reverse=True)


def make_claim(rng: Random, order: Order, title: str, bought_at: float, filed_at: float, currency: Currency) -> Claim:
    """A claim for the goods of a bought order."""
    said = {
        "id": str(uuid.UUID(int=rng.getrandbits(128), version=4)),
        "claim_type": rng.choice((PORTAL, PORTAL, CHAT)),
        "nm_id": order.nm_id,
        "user_comment": rng.choice(_COMMENTS),
        "dt": _time(filed_at),
        "imt_name": title,
        "order_dt": moscow(order.placed_at),
        "photos": [f"{PHOTO_BASE}/photos/{order.nm_id}/big/{number}.webp" for number in range(1, rng.randrange(1, 4))],
        "video_paths": [],
        "price": order.money["finishedPrice"],
        "currency_code": f"{currency.number:03}",
        "srid": order.srid,
        "origin_id_info": None,
        "delivery_dt": moscow(bought_at),
    }
    return Claim(filed_at, said)


def decide(rng: Random, at: float) -> Decision:
    """An answer to a claim; the goods of a rejected one stay with the buyer."""
    if rng.random() < 0.4:
        return Decision(at, REJECTED, REJECTED)
    return Decision(at, APPROVED, rng.choice((TO_SCRAP, KEPT_BY_BUYER, RESOLD, TO_SELLER)))


def claim_row(claim: Claim, now: float) -> RowJson:
    """A claim as `GET /api/v1/claims` answers it."""
    decision = None if claim.waits(now) else claim.decision
    status = decision.status if decision else WAITING
    return claim.said | {
        "status": status,
        "status_ex": decision.status_ex if decision else WAITING,
        "wb_comment": _ANSWERS.get(status),
        "dt_update": _time(decision.at) if decision else claim.said["dt"],
        "actions": _ACTIONS[status],
    }


def _time(seconds: float) -> str:
    """Moscow time with microseconds and no zone."""
    return datetime.fromtimestamp(seconds, MOSCOW).replace(tzinfo=None).isoformat(timespec="microseconds")
