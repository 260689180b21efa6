"""WB refuses, or gives again, what one category of methods holds."""

from contracts.model import Model

from notifier.messages.message import About, Message
from notifier.messages.notice import NOTHING_IS_LOST, notice
from notifier.messages.resource_names import CATEGORIES, in_words


class Scope(Model):
    """A category of WB's methods (none: any token opens it), a resource in it, and what WB refuses it for."""

    category: str | None
    resource: str
    reason: str = "scope_refused"


def scope_refused(payload: str, about: About) -> Message:
    """Rendered from `Scope`."""
    scope = Scope.model_validate_json(payload)
    lines = [f"Не приходят: {in_words([scope.resource])}."]
    if scope.reason == "payment_required":
        lines.append("Пополните баланс сервисов WB: проверяем его сами и продолжим без вас.")
        return notice("💳 Wildberries просит оплату за часть данных", [*lines, NOTHING_IS_LOST], about)
    if scope.category:
        category = CATEGORIES.get(scope.category, scope.category)
        lines.append(f"Создайте токен с категорией «{category}» и пришлите его.")
    return notice("🚫 Токену не хватает прав", [*lines, NOTHING_IS_LOST], about)


def scope_restored(payload: str, about: About) -> Message:
    """Rendered from `Scope`."""
    scope = Scope.model_validate_json(payload)
    return notice("✅ Данные снова доступны", [f"Снова приходят: {in_words([scope.resource])}."], about)
