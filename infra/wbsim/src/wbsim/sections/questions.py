"""Questions about a shop's cards, and how one comes or is answered."""

from random import Random

from wbsim.orders import RowJson
from wbsim.questions import ask, reply
from wbsim.shop import Shop


def truth(shop: Shop, now: float) -> list[RowJson]:
    """Every question, answered or not."""
    shop.answers.settle(now)
    return [question.row for question in shop.questions]


def step(shop: Shop, rng: Random, at: float) -> None:
    """A new question comes, or one that waits is looked at or answered."""
    point = rng.random()
    waiting = [question for question in shop.questions[-200:] if not question.processed]
    if not waiting or point < 0.4:
        shop.questions.append(ask(rng, rng.choice(shop.listed()), shop.name, at))
        return
    question = rng.choice(waiting)
    if point < 0.5 and not question.row["wasViewed"]:
        question.rewrite({"wasViewed": True}, processed=False)
    else:
        reply(rng, question, at)
