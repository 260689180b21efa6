"""What columns are called in files, in the seller's language."""

from collections.abc import Sequence

_TITLES = {
    "abc_profit": "ABC по прибыли", "abc_revenue": "ABC по выручке", "acceptance": "Приёмка",
    "adverts": "Реклама", "alert_id": "Оповещение", "amount": "Сумма", "answer_editable": "Ответ можно изменить",
    "answer_state": "Состояние ответа", "answer_text": "Ответ", "answered_at": "Когда ответили",
    "arrives_on": "Прибудет", "as_of": "По состоянию на", "barcode": "Баркод", "base": "База налога",
    "bought": "Выкуплено", "bought_at": "Когда выкуплен", "box_units": "Штук в коробе", "brand": "Бренд",
    "buyer_price": "Цена для покупателя", "buyout": "Выкуп", "cabinet_id": "Кабинет", "cancelled": "Отменено",
    "cancel_type": "Вид отмены", "cancelled_at": "Когда отменён", "cancelled_sum": "Сумма отмен",
    "categories": "Категории",
    "category": "Категория", "change": "Изменение", "changed_at": "Когда изменилось", "child_id": "Дополнение",
    "chrt_id": "ID размера", "clicks": "Клики", "color": "Цвет", "commission": "Комиссия",
    "commission_percent": "Комиссия, %", "connected_at": "Когда подключён", "cons": "Недостатки",
    "cost": "Себестоимость", "count": "Количество", "country_name": "Страна", "cpc": "Цена клика",
    "cpo": "Цена заказа", "created_at": "Когда создано", "ctr": "CTR, %", "currency": "Валюта", "day": "День",
    "done_orders": "План заказов выполнен, %", "done_sum": "План суммы выполнен, %",
    "expected_share": "Должно быть к этому дню, %", "on_course_sum": "Сумма месяца при этом темпе, %",
    "plan_orders": "План заказов", "plan_sum": "План суммы",
    "days_in_stock": "Дней в наличии", "days_left": "Хватит, дней", "delivery": "Доставка",
    "delivery_back": "Обратная доставка", "digest_id": "Сводка", "discount_percent": "Скидка продавца, %",
    "discounted_from": "Цена со скидкой от", "discounted_to": "Цена со скидкой до", "drr": "ДРР, %",
    "drr_adverts": "ДРР рекламы, %", "endless": "Не кончается", "entered_at": "Когда введено",
    "entered_by": "Кто ввёл", "episode": "Повтор", "expires_at": "Действует до", "feedback_id": "Отзыв",
    "figures": "Показатели", "finished_price": "Цена для покупателя", "first_day": "Первый день",
    "for_pay": "К перечислению", "freshness": "Свежесть", "from_client": "Едет от клиента",
    "g_number": "Корзина", "gives": "Открывает", "incoming": "В пути на склад", "is_cancel": "Отмена",
    "is_listed": "В каталоге", "is_own": "Свой склад", "is_waiting": "Ждёт ответа", "is_warned": "Подозрительный",
    "kind": "Вид", "lacks": "Не открывает", "last_change_at": "Последнее изменение", "last_day": "Последний день",
    "lead_days": "Дней до продажи", "lead_days_deviation": "Отклонение срока, дней", "logistics": "Логистика",
    "session_id": "Сеанс", "opened_with": "Чем открыт", "client": "Программа",
    "last_used_at": "Когда использован", "is_current": "Этот сеанс", "telegram_id": "Telegram", "role": "Роль",
    "first_name": "Имя", "last_name": "Фамилия", "username": "Имя в Telegram", "joined_at": "Когда присоединился",
    "invitation_id": "Приглашение", "created_by": "Кто пригласил", "cannot": "Чего не даёт",
    "margin": "Маржа, %", "mark": "Отметка", "marked_at": "Когда отмечено", "marked_by": "Кто отметил", "until": "До",
    "matching_size": "Соответствие размеру", "mature_bought": "Выкуплено из дошедших",
    "mature_ordered": "Дошедшие заказы", "mature_share": "Выкуп дошедших, %", "method": "Как посчитано",
    "money": "Экономика штуки", "money_at_risk": "Сумма под угрозой", "month": "Месяц", "name": "Название",
    "nm_id": "Артикул WB", "oblast_okrug_name": "Округ", "open": "В пути", "open_share": "В пути, %",
    "order_id": "Заказ", "order_status": "Статус заказа", "ordered": "Заказано", "ordered_at": "Когда заказан",
    "orders": "Заказы", "orders_in_stock": "Заказов в день при наличии", "orders_per_day": "Заказов в день",
    "orders_sum": "Сумма заказов", "other": "Прочие расходы", "out_since": "Нет с", "own": "На своих складах",
    "parent_id": "Дополняет отзыв", "past_error_days": "Ошибка прогноза, дней", "payout": "Выплата WB",
    "penalties": "Штрафы", "percent": "Процент", "period_days": "Дней", "period_end": "Конец периода",
    "photo": "Фото", "prepared_at": "Когда подготовлено", "previous_cancelled": "Отменено до этого",
    "previous_orders": "Заказы до этого", "previous_orders_sum": "Сумма заказов до этого",
    "previous_sales": "Продажи до этого", "previous_sales_sum": "Сумма продаж до этого", "price": "Цена",
    "price_from": "Цена от", "price_to": "Цена до", "price_with_disc": "Цена продавца", "prices": "Цены",
    "product": "Товар", "product_name": "Товар", "profit": "Прибыль", "pros": "Достоинства",
    "quantity": "Количество", "question_id": "Вопрос", "raised_at": "Когда поднято", "raised_by": "Чем поднято",
    "rank": "Место", "rating": "Рейтинг", "read_only": "Только чтение", "region_name": "Регион",
    "reorder_point": "Точка заказа", "replenish": "Отправить, штук", "report_id": "Отчёт",
    "resolved_at": "Когда закрыто", "resource": "Источник", "returned": "Возвращено", "returns": "Возвраты",
    "returns_for_pay": "Удержано за возвраты", "returns_sum": "Сумма возвратов", "revenue_share": "Доля выручки, %",
    "review_id": "Отзыв", "reviews": "Отзывы", "revision": "Ревизия", "roi": "ROI, %", "row": "Введено",
    "rule": "Правило", "runs_out_earliest": "Кончится не раньше", "runs_out_latest": "Кончится не позже",
    "runs_out_on": "Кончится", "sales": "Продажи", "sales_in_stock": "Продаж в день при наличии",
    "sales_sum": "Сумма продаж", "seller_id": "ID продавца", "seller_name": "Продавец", "severity": "Важность",
    "share": "Доля, %", "size": "Размер", "sizes": "Размеры", "skus": "Баркоды", "speed": "Скорость",
    "spent": "Расход", "spp": "СПП, %", "srid": "Номер заказа (srid)", "stars": "Звёзды", "state": "Состояние",
    "status": "Статус", "status_at": "Статус с", "status_detail": "Ответ WB", "status_reason": "Причина",
    "stock": "Остаток",
    "storage": "Хранение", "subject": "Предмет", "supplier_article": "Артикул продавца", "tags": "Метки",
    "target_days": "Запас, дней", "tax": "Налог", "tech_size": "Размер", "text": "Текст", "title": "Название",
    "to_client": "Едет к клиенту", "token": "Токен", "total": "Всего", "total_price": "Цена до скидок",
    "trade_mark": "Торговая марка", "unanswered": "Без ответа", "units": "Штук", "updated_at": "Когда обновлено",
    "valid_from": "Действует с", "vendor_code": "Артикул продавца", "verified_at": "Когда проверен",
    "views": "Показы", "warehouse_name": "Склад", "warehouse_type": "Вид склада", "warehouses": "Склады",
    "wb": "На складах WB", "wb_size": "Размер WB", "weekly_variation": "Колебание по неделям, %",
    "weeks": "Недель", "xyz": "XYZ",
    "webhook_id": "Вебхук", "url": "Адрес", "description": "Описание",
    "cabinets": "Кабинеты", "event_types": "События", "paused_because": "Почему приостановлен",
    "paused_at": "Когда приостановлен", "failing_since": "Не отвечает с", "last_error": "Последняя ошибка",
    "secrets": "Секрет", "delivery_id": "Доставка вебхука", "type": "Событие",
    "tries": "Попыток", "finished_at": "Когда закончено", "last_try_at": "Последняя попытка",
    "last_outcome": "Итог попытки", "last_took_ms": "Ответ за, мс", "next_try_at": "Следующая попытка",
    "channel": "Канал", "kinds": "Сообщения",
}  # fmt: skip
_OF_ANOTHER_MEANING: dict[tuple[str, ...], str] = {
    ("change", "orders"): "Изменение: заказы, %",
    ("change", "orders_sum"): "Изменение: сумма заказов, %",
    ("change", "sales"): "Изменение: продажи, %",
    ("change", "sales_sum"): "Изменение: сумма продаж, %",
}


def title_of(path: Sequence[str]) -> str:
    """The title of what these members lead to; what has none yet is called as in JSON."""
    known = _OF_ANOTHER_MEANING.get(tuple(path))
    return known or ": ".join(_TITLES.get(name, name) for name in path)


def is_known(path: Sequence[str]) -> bool:
    """Whether all that stands in the title has a name in the seller's language."""
    return tuple(path) in _OF_ANOTHER_MEANING or all(name in _TITLES for name in path)
