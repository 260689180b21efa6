"""What sellers and their programs are told: kinds of messages, their titles and defaults, and the names under which
webhooks tell them."""

from dataclasses import dataclass
from decimal import Decimal
from typing import Literal, get_args

OrderKind = Literal["order_new", "order_changed", "order_cancelled"]
"""Messages about an order."""

CabinetKind = Literal[
    "cabinet_suspended",
    "cabinet_resumed",
    "scope_refused",
    "scope_restored",
    "token_expiring",
    "data_delayed",
    "data_recovered",
    "sync_failed",
]
"""Messages about a cabinet whose data stop or come again."""

EndpointKind = Literal["webhook_failing", "webhook_recovered", "webhook_paused"]
"""Messages about a user's own endpoint, which only people are told."""

MessageKind = Literal[
    "order_new",
    "order_first",
    "order_big",
    "order_changed",
    "order_cancelled",
    "order_bought",
    "order_returned",
    "order_priced",
    "running_out",
    "out_of_stock",
    "restocked",
    "replenishment_due",
    "price_changed",
    "spp_changed",
    "card_hidden",
    "card_changed",
    "unusual_cancels",
    "unusual_returns",
    "rating_drop",
    "bad_review",
    "review_unanswered",
    "question_waiting",
    "claim_waiting",
    "finance_penalty",
    "finance_report",
    "reconciliation_unknown",
    "advert_budget_low",
    "digest_day",
    "digest_week",
    "digest_month",
    "token_expiring",
    "cabinet_suspended",
    "cabinet_resumed",
    "scope_refused",
    "scope_restored",
    "data_delayed",
    "data_recovered",
    "sync_done",
    "sync_failed",
    "member_joined",
    "member_left",
    "answer_published",
    "answer_refused",
    "webhook_failing",
    "webhook_recovered",
    "webhook_paused",
    "target_ended",
]

KindFamily = Literal[
    "orders", "stocks", "prices", "cards", "reviews", "money", "digests", "cabinet", "team", "channels"
]
"""What kinds are shown under."""


@dataclass(frozen=True)
class KnownKind:
    """A kind of messages, as people see it before they say what they want."""

    name: MessageKind
    family: KindFamily
    webhook_type: str
    """As webhooks name it."""
    ru: str
    en: str
    is_on: bool = True
    """Whether who said nothing is told it."""
    is_critical: bool = False
    """It passes quiet hours, and mutes but for an item's."""
    has_amount: bool = False
    """Its messages are of an amount, which can have a threshold."""
    above: Decimal | None = None
    """The kind *is* that an amount reaches this one, in roubles; another currency has none of itself."""
    for_people_only: bool = False
    """Programs are not told of it."""


BIG_ORDER = Decimal(10_000)

_TABLE = (
    KnownKind("order_new", "orders", "order.new", "Новый заказ", "New order", has_amount=True),
    KnownKind(
        "order_first", "orders", "order.first", "Первый заказ товара", "First order of an item", has_amount=True
    ),
    KnownKind(
        "order_big", "orders", "order.big", "Крупный заказ", "Big order", has_amount=True, above=BIG_ORDER
    ),
    KnownKind("order_changed", "orders", "order.changed", "Заказ изменился", "Order changed", has_amount=True),
    KnownKind("order_cancelled", "orders", "order.cancelled", "Отмена заказа", "Order cancelled", has_amount=True),
    KnownKind("order_bought", "orders", "order.bought", "Выкуп", "Order bought", has_amount=True),
    KnownKind("order_returned", "orders", "order.returned", "Возврат", "Order returned", has_amount=True),
    KnownKind("order_priced", "orders", "order.priced", "Пришла сумма заказа", "Amount arrived", has_amount=True),
    KnownKind("running_out", "stocks", "stock.running_out", "Товар скоро кончится", "Item is running out"),
    KnownKind("out_of_stock", "stocks", "stock.out", "Товар кончился", "Item is out of stock"),
    KnownKind("restocked", "stocks", "stock.restocked", "Товар снова в наличии", "Item is in stock again"),
    KnownKind("replenishment_due", "stocks", "stock.replenishment_due", "Пора пополнить", "Time to replenish"),
    KnownKind("price_changed", "prices", "price.changed", "Изменилась цена", "Price changed"),
    KnownKind("spp_changed", "prices", "price.spp_changed", "Изменилась СПП", "WB's discount changed", is_on=False),
    KnownKind("card_hidden", "cards", "card.hidden", "Карточка скрыта или без фото", "Card hidden or without a photo"),
    KnownKind("card_changed", "cards", "card.changed", "Изменилась карточка", "Card changed", is_on=False),
    KnownKind("unusual_cancels", "orders", "unusual.cancels", "Необычно много отмен", "Unusually many cancellations"),
    KnownKind("unusual_returns", "orders", "unusual.returns", "Необычно много возвратов", "Unusually many returns"),
    KnownKind("rating_drop", "reviews", "review.rating_drop", "Упал рейтинг товара", "Item's rating dropped"),
    KnownKind("bad_review", "reviews", "review.bad", "Плохой отзыв", "Bad review"),
    KnownKind("review_unanswered", "reviews", "review.unanswered", "Отзыв ждёт ответа", "Review without an answer"),
    KnownKind("question_waiting", "reviews", "question.waiting", "Вопрос ждёт ответа", "Question without an answer"),
    KnownKind("claim_waiting", "reviews", "claim.waiting", "Заявка на возврат ждёт решения", "Claim to be decided"),
    KnownKind(
        "finance_penalty", "money", "finance.penalty", "Штраф или удержание", "Penalty or deduction", has_amount=True
    ),
    KnownKind("finance_report", "money", "finance.report", "Новый отчёт реализации", "New finance report"),
    KnownKind(
        "reconciliation_unknown", "money", "finance.reconciliation_unknown", "Необъяснённая разница в отчёте",
        "Unexplained difference in a report",
    ),
    KnownKind("advert_budget_low", "money", "advert.budget_low", "Бюджет рекламы кончается", "Ad budget nearly spent"),
    KnownKind("digest_day", "digests", "digest.day", "Сводка за день", "Daily digest"),
    KnownKind("digest_week", "digests", "digest.week", "Сводка за неделю", "Weekly digest"),
    KnownKind("digest_month", "digests", "digest.month", "Сводка за месяц", "Monthly digest"),
    KnownKind("token_expiring", "cabinet", "token.expiring", "Токен скоро кончится", "Token expires soon"),
    KnownKind(
        "cabinet_suspended", "cabinet", "cabinet.suspended", "Wildberries не принимает токен",
        "Wildberries refuses the token", is_critical=True,
    ),
    KnownKind("cabinet_resumed", "cabinet", "cabinet.resumed", "Кабинет снова работает", "Cabinet works again"),
    KnownKind(
        "scope_refused", "cabinet", "scope.refused", "Нет доступа к категории данных",
        "A category of data is refused", is_critical=True,
    ),
    KnownKind(
        "scope_restored", "cabinet", "scope.restored", "Доступ к категории данных вернулся",
        "A category of data is given again",
    ),
    KnownKind("data_delayed", "cabinet", "data.delayed", "Данные отстают", "Data are late"),
    KnownKind("data_recovered", "cabinet", "data.recovered", "Данные снова вовремя", "Data are on time again"),
    KnownKind("sync_done", "cabinet", "sync.done", "Синхронизация закончилась", "Sync completed"),
    KnownKind("sync_failed", "cabinet", "sync.failed", "Синхронизация не удалась", "Sync failed"),
    KnownKind("member_joined", "team", "member.joined", "Новый участник кабинета", "A member joined"),
    KnownKind("member_left", "team", "member.left", "Участник вышел из кабинета", "A member left"),
    KnownKind("answer_published", "reviews", "answer.published", "Ответ опубликован", "Answer published"),
    KnownKind("answer_refused", "reviews", "answer.refused", "Ответ не принят", "Answer refused"),
    KnownKind(
        "webhook_failing", "channels", "webhook.failing", "Вебхук не отвечает", "Webhook fails", for_people_only=True
    ),
    KnownKind(
        "webhook_recovered", "channels", "webhook.recovered", "Вебхук снова отвечает", "Webhook works again",
        for_people_only=True,
    ),
    KnownKind(
        "webhook_paused", "channels", "webhook.paused", "Вебхук остановлен", "Webhook paused", for_people_only=True
    ),
    KnownKind(
        "target_ended", "channels", "target.ended", "Получатель больше недоступен", "A target is gone",
        for_people_only=True,
    ),
)  # fmt: skip

KINDS: dict[str, KnownKind] = {kind.name: kind for kind in _TABLE}
"""Every kind by its name, in the order in which people are shown them."""

TOLD_TO_PEOPLE: tuple[MessageKind, ...] = get_args(MessageKind)
TOLD_TO_PROGRAMS: tuple[MessageKind, ...] = tuple(kind.name for kind in _TABLE if not kind.for_people_only)

WEBHOOK_TEST = "webhook_test"
"""What `POST /webhooks/{id}/test` sends: to programs, whatever they chose."""

TargetKind = Literal["target_confirmation", "target_test", "target_ended"]
"""Messages about a target itself: to the target its code and a test, to its user in Telegram that it ended."""


def webhook_type(kind: str) -> str:
    """A kind as webhooks name it: `order_new` is `order.new`, `out_of_stock` is `stock.out`. The type of an event is
    its own name."""
    known = KINDS.get(kind)
    if known is not None:
        return known.webhook_type
    return kind if "." in kind else kind.replace("_", ".", 1)
