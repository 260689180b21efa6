"""WB refuses the whole cabinet: what stopped, and what to do."""

from contracts.cabinets import CabinetSuspendedV1

from notifier.messages.message import About, Message
from notifier.messages.notice import NOTHING_IS_LOST, notice

MAKE_A_NEW_ONE = "Создайте новый токен в кабинете WB (Настройки → Доступ к API) и пришлите его."

TEXTS = {
    "token_rejected": ("🔑 Wildberries не принимает токен", (MAKE_A_NEW_ONE,)),
    "payment_required": (
        "💳 Wildberries просит пополнить баланс",
        ("Пополните баланс сервисов WB: проверяем его сами и продолжим без вас.",),
    ),
    "scope_refused": (
        "🔑 Токену не хватает прав",
        ("Отметьте при создании токена категории Статистика, Аналитика и Контент.", MAKE_A_NEW_ONE),
    ),
    "seller_mismatch": ("🔑 Токен от другого продавца", (f"Wildberries называет другого продавца. {MAKE_A_NEW_ONE}",)),
    "token_unreadable": ("🔑 Токен не удалось прочитать", ("Пришлите токен этого магазина ещё раз.",)),
}


def cabinet_suspended(payload: str, about: About) -> Message:
    """Rendered from `cabinet.suspended` of a whole cabinet."""
    told = CabinetSuspendedV1.model_validate_json(payload)
    title, what_to_do = TEXTS[told.reason]
    return notice(title, ["Заказы, остатки и отзывы больше не приходят.", *what_to_do, NOTHING_IS_LOST], about)
