"""Members in the bot: invited by a link, given another role, removed, leaving."""

import re

from support.botting import RunningBot, labels
from support.gateway import wb_token

ANNA = {"id": 1001, "first_name": "Анна", "language_code": "ru"}
BORIS = {"id": 1002, "first_name": "Борис", "language_code": "ru"}
LINK = re.compile(r"https://t\.me/\w+\?start=(pulse_invite_\S+)")


async def test_members_from_their_invitation_to_their_end(bot: RunningBot) -> None:
    await bot.says(1001, wb_token(), expecting="подключён", from_id=ANNA)
    listed = await bot.says(1001, "/cabinets", from_id=ANNA)
    card = await bot.presses(listed, "🟡", from_id=ANNA)
    members = await bot.presses(card, "👥", expecting="1 участник", from_id=ANNA)
    asked = await bot.presses(members, "➕", expecting="Кого пригласить", from_id=ANNA)
    assert labels(asked)[:3] == ["наблюдатель", "аналитик", "менеджер"]
    invited = await bot.presses(asked, "наблюдатель", expecting="Вас приглашают", from_id=ANNA)
    [token] = LINK.findall(invited["text"])

    joined = await bot.says(1002, f"/start {token}", expecting="Вы участник", from_id=BORIS)
    assert "наблюдатель (только смотрит)" in joined["text"]
    await bot.says(1003, f"/start {token}", expecting="уже использовано")
    his = await bot.presses(joined, "🏪", expecting="Ваша роль: наблюдатель", from_id=BORIS)
    assert labels(his) == ["👥 Участники", "🚪 Выйти", "« Магазины"]

    card = await bot.presses(asked, "« Магазин", expecting="Ваша роль", from_id=ANNA)
    members = await bot.presses(card, "👥", expecting="2 участника", from_id=ANNA)
    member = await bot.presses(members, "1002", expecting="1002", from_id=ANNA)
    members = await bot.presses(member, "менеджер", expecting="Роль изменена", from_id=ANNA)
    assert "менеджер" in members["text"]

    # A manager invites, and takes back; what is taken back opens nothing.
    his = await bot.presses(his, "👥", expecting="2 участника", from_id=BORIS)
    asked = await bot.presses(his, "➕", expecting="Кого пригласить", from_id=BORIS)
    assert labels(asked) == ["наблюдатель", "аналитик", "« Участники"]
    invited = await bot.presses(asked, "аналитик", expecting="Вас приглашают", from_id=BORIS)
    [token] = LINK.findall(invited["text"])
    shown = await bot.presses(members, "✉️", expecting="Открытые приглашения", from_id=ANNA)
    await bot.presses(shown, "🚫 аналитик", expecting="приглашений нет", from_id=ANNA)
    await bot.says(1003, f"/start {token}", expecting="Приглашение отозвано")

    members = await bot.presses(shown, "« Участники", expecting="2 участника", from_id=ANNA)
    member = await bot.presses(members, "1002", expecting="1002", from_id=ANNA)
    sure = await bot.presses(member, "🚫", expecting="Удалить участника", from_id=ANNA)
    await bot.presses(sure, "Да", expecting="Участник удалён", from_id=ANNA)
    await bot.says(1002, "/cabinets", expecting="нет магазинов", from_id=BORIS)


async def test_whoever_leaves_sees_nothing_more_and_an_owner_cannot(bot: RunningBot) -> None:
    await bot.says(1001, wb_token(), expecting="подключён", from_id=ANNA)
    user = await bot.gateway.user(1001)
    [shop] = (await user.get("/cabinets")).json()["data"]
    await bot.gateway.join(shop["cabinet_id"], 1002, "viewer")
    before = await bot.says(1002, "/cabinets", expecting="наблюдатель", from_id=BORIS)
    listed = await bot.says(1002, "/cabinets", expecting="наблюдатель", from_id=BORIS)
    card = await bot.presses(listed, "🟡", from_id=BORIS)
    sure = await bot.presses(card, "🚪", expecting="Выйти из магазина", from_id=BORIS)
    await bot.presses(sure, "Да", expecting="Вы вышли", from_id=BORIS)
    # A card that he was shown before shows nothing more.
    await bot.presses(before, "🟡", expecting="Это не ваш магазин", from_id=BORIS)

    card = await bot.presses(await bot.says(1001, "/cabinets", from_id=ANNA), "🟡", from_id=ANNA)
    assert "🚪 Выйти" not in labels(card)
