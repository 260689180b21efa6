"""The parts of a shop that are made when they are first asked for: of thousands most are asked for little."""

from functools import cached_property
from random import Random

from wbsim.campaigns import Adverts
from wbsim.catalogue import Product
from wbsim.claims import Claims
from wbsim.currencies import Currency
from wbsim.fbs import Fbs
from wbsim.messages import Message
from wbsim.prices import club_discounts
from wbsim.questions import make_questions
from wbsim.remains import Remains
from wbsim.seller_answers import SellerAnswers
from wbsim.tariffs import Tariffs
from wbsim.warehouses import Warehouses


class Furnishings:
    """Each derives from the seed, with randomness of its own, as it was at `opened_at` (simulated Unix seconds)."""

    seed: int
    name: str
    opened_at: float
    currency: Currency
    products: dict[int, Product]

    @cached_property
    def adverts(self) -> Adverts:
        """Its campaigns."""
        return Adverts(self.seed, list(self.products.values()), self.opened_at)

    @cached_property
    def club_discounts(self) -> dict[int, int]:
        """The discount of WB Club on each card, in percent, by nmID."""
        return club_discounts(self.seed, list(self.products.values()))

    @cached_property
    def questions(self) -> list[Message]:
        """What buyers have asked."""
        return make_questions(self.seed, list(self.products.values()), self.name, self.opened_at)

    @cached_property
    def answers(self) -> SellerAnswers:
        """What the seller answers them."""
        return SellerAnswers(self.seed)

    @cached_property
    def claims(self) -> Claims:
        """Buyers' claims for returns."""
        return Claims(self.seed, self.opened_at, self.currency)

    @cached_property
    def tariffs(self) -> Tariffs:
        """What WB charges."""
        return Tariffs(self.seed, self.opened_at)

    @cached_property
    def warehouses(self) -> Warehouses:
        """The seller's own."""
        return Warehouses(self.seed, list(self.products.values()))

    @cached_property
    def fbs(self) -> Fbs:
        """Assembly tasks."""
        return Fbs(self.seed, self.currency)

    @cached_property
    def remains(self) -> Remains:
        """Reports on stock."""
        return Remains(self.seed)

    @cached_property
    def _unpaid_rng(self) -> Random:
        return Random(f"{self.seed} unpaid")

    def draws_fbs(self, share: float) -> bool:
        """Whether the next order is an assembly task, of which there are so many."""
        return share > 0 and self.fbs.drawn(share)

    def furnish(self) -> None:
        """Make all of them now: what is made of the cards later would be made of changed ones."""
        for name in ("adverts", "club_discounts", "questions", "claims", "tariffs", "warehouses", "fbs", "remains"):
            getattr(self, name)
