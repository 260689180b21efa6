"""What the pictures of the documentation show, and how each comes about in a running shop."""

from collections.abc import Callable
from dataclasses import dataclass, field

from local.commands import run_module

from demo.installation import TELEGRAM_ID, Installation
from demo.person import Message, Person

SAMPLE_SHOP = "Северный ветер"
"""Whose messages the notifier's examples are."""


@dataclass
class Stage:
    """A running shop, its seller, and what earlier scenes left for later ones."""

    pulse: Installation
    person: Person
    order: Message = field(default_factory=dict)
    srid: str = ""

    def preview(self, kind: str) -> Message:
        """The notifier's own example of a kind, sent to the seller."""
        notifier, seq = self.pulse.platform, self.person.newest()["seq"]
        words = ("notifier", "preview", "--chat", str(TELEGRAM_ID), "--kind", kind)
        run_module(*words, env=notifier.environments["notifier"], cwd=notifier.instance.folder)
        # What the shop itself is told comes into the same chat.
        return next(message for message in self.person.since(seq) if SAMPLE_SHOP in message["text"])


@dataclass(frozen=True)
class Scene:
    """One picture: `name` is its file's, `play` makes the message that it shows."""

    name: str
    title: str
    play: Callable[[Stage], Message]
    scale: float = 2.0
    """Pixels for each of its points: fewer of what is long."""


def _order(stage: Stage) -> Message:
    truth = stage.pulse.wildberries.truth()
    item = next(product for product in truth["products"] if product["title"].startswith("Худи"))
    [stage.srid] = stage.pulse.wildberries.order(nm_id=item["nm_id"])

    def is_whole(message: Message) -> bool:
        # What the buyer pays comes a moment later, from another method.
        return stage.srid in message["text"] and "покупатель платит" in message["text"]

    stage.order = stage.person.wait(is_whole, "the order's message")
    return stage.order


def _cancelled(stage: Stage) -> Message:
    stage.pulse.wildberries.cancel(stage.srid)

    def is_cancelled(message: Message) -> bool:
        return stage.srid in message["text"] and "Отмена" in message["text"]

    return stage.person.wait(is_cancelled, "the cancelled order's message")


def _report(stage: Stage) -> Message:
    return stage.person.press(stage.order, "Отчёт")


def _why(stage: Stage) -> Message:
    return stage.person.press(stage.order, "Почему")


def _digest(stage: Stage) -> Message:
    return stage.person.wait(lambda message: "Итоги дня" in message["text"], "the digest of yesterday")


def _said(command: str, *presses: str) -> Callable[[Stage], Message]:
    def play(stage: Stage) -> Message:
        message = stage.person.say(command)
        for button in presses:
            message = stage.person.press(message, button)
        return message

    return play


def _sync(stage: Stage) -> Message:
    message = stage.person.say("/sync")
    button = next(button["text"] for row in message["buttons"] for button in row)
    # The picture is of a sync that is under way: it is held up where a look takes long.
    with stage.pulse.wildberries.slowly("/api/v1/supplier/sales", 8):
        return stage.person.press(message, button, until="▓", quiet_seconds=0.5)


def _preview(kind: str) -> Callable[[Stage], Message]:
    return lambda stage: stage.preview(kind)


SCENES = (
    Scene("order", "Новый заказ: сообщение приходит за доли секунды после ответа WB", _order),
    Scene("report", "Отчёт по заказу, по кнопке под сообщением", _report, scale=1.5),
    Scene("cancelled", "Заказ отменили: то же сообщение, переписанное на месте", _cancelled),
    Scene("why", "Почему об этом сообщили, и каких времён цифры", _why),
    Scene("running-out", "Товар скоро кончится", _preview("running_out")),
    Scene("bad-review", "Плохой отзыв, с ответом по кнопке", _preview("bad_review")),
    Scene("digest", "Итоги дня", _digest),
    Scene("unusual-cancels", "Отмен больше обычного", _preview("unusual_cancels")),
    Scene("analytics", "Продажи за 30 дней", _said("/analytics")),
    Scene("abc", "ABC по выручке", _said("/abc")),
    Scene("buyout", "Выкуп по неделям заказа", _said("/buyout")),
    Scene("stocks", "Что кончится раньше", _said("/stocks")),
    Scene("stock-forecast", "Насколько хватит товара", _said("/stocks", "1", "📉 Прогноз")),
    Scene("orders", "Заказы: листать, искать, отбирать", _said("/orders")),
    Scene("review", "Отзыв, на который можно ответить", _said("/reviews", "1")),
    Scene("sync", "Обновление по кнопке", _sync),
    Scene("settings", "Настройки сообщений", _said("/settings")),
)
