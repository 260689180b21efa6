"""Assembly tasks of a shop and their statuses: those that are kept, and how they come and move on."""

from random import Random

from wbsim.fbs import is_kept, status_row, task_row
from wbsim.orders import RowJson
from wbsim.shop import Shop


def truth(shop: Shop, now: float) -> list[RowJson]:
    """`GET /api/v3/orders`: every task younger than three months."""
    return [task_row(task) for task in shop.fbs.tasks.values() if is_kept(task, now)]


def statuses_truth(shop: Shop, now: float) -> list[RowJson]:
    """`POST /api/v3/orders/status`: the statuses of the same tasks."""
    return [status_row(task) for task in shop.fbs.tasks.values() if is_kept(task, now)]


def step(shop: Shop, rng: Random, at: float) -> None:
    """An order comes in that is an assembly task."""
    shop.place(at, fbs=True)


def status_step(shop: Shop, rng: Random, at: float) -> None:
    """A task moves on, at its last stage to its buyer, or now and then it is cancelled."""
    moving = [task for task in shop.fbs.tasks.values() if task.end is None]
    if not moving:
        shop.place(at, fbs=True)
        return
    task = rng.choice(moving)
    if rng.random() < 0.15:
        shop.cancel(task.order, at)
    elif not shop.fbs.forward(task.order):
        shop.buy_out(task.order, at)
