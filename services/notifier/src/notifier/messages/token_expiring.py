"""The token ends soon."""

from datetime import timedelta

from contracts.cabinets import CabinetTokenExpiringV1
from servicekit.text import moment, plural

from notifier.messages.message import About, Message
from notifier.messages.notice import notice

DAY = timedelta(days=1)


def token_expiring(payload: str, about: About) -> Message:
    """Rendered from `cabinet.token_expiring`; counted are the days that were left when it was published."""
    told = CabinetTokenExpiringV1.model_validate_json(payload)
    days = max(1, -(-(told.expires_at - about.data_at) // DAY))
    left = "меньше чем через сутки" if told.expires_at - about.data_at < DAY else f"через {plural(days, DAYS)}"
    return notice(
        f"🔑 Токен кончится {left}",
        [
            f"Он действует до {moment(told.expires_at)} МСК.",
            "Без него остановятся заказы, остатки и отзывы. Данные не пропадут.",
            "Создайте новый токен в кабинете WB (Настройки → Доступ к API) и пришлите его заранее.",
        ],
        about,
    )


DAYS = ("день", "дня", "дней")
