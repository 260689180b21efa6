"""Shops in the bot: connected, looked at, renamed, given another token, disconnected."""

from uuid import UUID, uuid4

from contracts.wb_token import REQUIRED, Category
from support.botting import Message, RunningBot, labels, running_bot
from support.gateway import Gateway, wb_token
from support.verdicts import hear, suspended
from tgsim.running import running_tgsim

ANNA = {"id": 1001, "first_name": "Анна", "language_code": "ru"}
JOHN = {"id": 1002, "first_name": "John", "language_code": "en"}
CHAT = 1001
GROUP = -100500


async def connected(bot: RunningBot, token: str | None = None) -> Message:
    """Anna's shop, called "Северный ветер"; its card."""
    await bot.says(CHAT, token or wb_token(), expecting="подключён", from_id=ANNA)
    card = await bot.presses(await bot.says(CHAT, "/cabinets", from_id=ANNA), "🟡", from_id=ANNA)
    await bot.presses(card, "✏️", expecting="Как назвать", from_id=ANNA)
    await bot.says(CHAT, "Северный <ветер> & Ко", expecting="Теперь магазин называется", from_id=ANNA)
    listed = await bot.says(CHAT, "/cabinets", expecting="1 магазин", from_id=ANNA)
    assert "Северный &lt;ветер&gt; &amp; Ко" in listed["html"]
    return await bot.presses(listed, "🟡 Северный", from_id=ANNA)


async def test_a_shop_from_its_token_to_its_end(bot: RunningBot) -> None:
    hello = await bot.says(CHAT, "/start", from_id=ANNA)
    assert "Подключите магазин" in hello["text"]
    listed = await bot.presses(hello, "🏪", expecting="нет магазинов", from_id=ANNA)
    await bot.presses(listed, "➕", expecting="Пришлите токен API", from_id=ANNA)

    refused = await bot.says(CHAT, "мой токен", expecting="Это не токен", from_id=ANNA)
    assert refused
    seller = uuid4()
    token = wb_token(seller_id=seller, categories=REQUIRED | {Category.PRICES}, acc=1)
    told = await bot.says(CHAT, f"вот: {token}", expecting="подключён", from_id=ANNA)
    # Both what was taken for a token and the token are gone, and nothing that the bot says has it.
    assert [each["text"] for each in bot.telegram.deletions()] == ["мой токен", f"вот: {token}"]
    assert not any(token in each["text"] for each in bot.telegram.messages())
    for part in (
        "Базовый токен: заказы — раз в 3 часа",
        "даёт: ",
        "цены и скидки",
        "не даёт: ",
        "реклама",
        "проверяется",
    ):
        assert part in told["text"]

    card = await connected(bot, wb_token(seller_id=seller))
    assert "Персональный токен" in card["text"]
    await bot.presses(card, "🔑", expecting="Пришлите токен API", from_id=ANNA)
    await bot.says(CHAT, wb_token(), expecting="другого продавца", from_id=ANNA)
    # The question is asked again: the next token is for the same shop.
    await bot.says(CHAT, wb_token(seller_id=seller), expecting="новый токен", from_id=ANNA)

    sure = await bot.presses(card, "⏏️", expecting="Отменить это нельзя", from_id=ANNA)
    kept = await bot.presses(sure, "Нет", expecting="Ваша роль", from_id=ANNA)
    sure = await bot.presses(kept, "⏏️", expecting="Отменить это нельзя", from_id=ANNA)
    await bot.presses(sure, "Да", expecting="Магазин отключён", from_id=ANNA)
    await bot.says(CHAT, "/cabinets", expecting="нет магазинов", from_id=ANNA)


async def test_a_suspended_shop_says_why_and_what_to_do(bot: RunningBot) -> None:
    await connected(bot)
    owner = await bot.gateway.user(CHAT)
    [shop] = (await owner.get("/cabinets")).json()["data"]
    await hear(bot.gateway, suspended(UUID(shop["cabinet_id"])))
    listed = await bot.says(CHAT, "/cabinets", expecting="🔴", from_id=ANNA)
    card = await bot.presses(listed, "🔴", from_id=ANNA)
    for part in (
        "приостановлен: Wildberries не принимает токен",
        "401: token withdrawn",
        "Что делать: создайте новый токен",
    ):
        assert part in card["text"]


async def test_a_token_is_deleted_before_anything_else_even_if_the_gateway_is_away(gateway: Gateway) -> None:
    async with running_bot(gateway, gateway_url="http://127.0.0.1:1") as bot:
        token = wb_token()
        told = await bot.says(CHAT, token, expecting="Pulse сейчас не отвечает", from_id=ANNA)
        assert [each["text"] for each in bot.telegram.deletions()] == [token]
        assert told["text"].count("\n") == 0
        # And it goes on answering.
        assert "Что показать" in (await bot.says(CHAT, "/menu", from_id=ANNA))["text"]


async def test_a_token_in_a_group_is_deleted_and_is_not_used(gateway: Gateway) -> None:
    async with running_tgsim(limits=None, reads_all_group_messages=True) as telegram:
        telegram.set_chat(GROUP, kind="supergroup", title="Магазин")
        telegram.set_member(GROUP, "administrator", by=ANNA)
        async with running_bot(gateway, telegram=telegram) as bot:
            token = wb_token()
            await bot.says(GROUP, token, expecting="отзовите его", from_id=ANNA)
            assert [each["text"] for each in telegram.deletions()] == [token]
            await bot.says(CHAT, "/cabinets", expecting="нет магазинов", from_id=ANNA)


async def test_in_english(bot: RunningBot) -> None:
    told = await bot.says(1002, wb_token(acc=1), expecting="is connected", from_id=JOHN)
    assert "base token: orders every 3 hours" in told["text"]
    assert "gives: " in told["text"]
    assert "does not give: " in told["text"]
    assert not [each for each in told["text"] if "\u0400" <= each <= "\u04ff"]
    card = await bot.presses(await bot.says(1002, "/cabinets", expecting="1 shop", from_id=JOHN), "🟡", from_id=JOHN)
    assert labels(card) == ["👥 Members", "✏️ Rename", "🔑 New token", "⏏️ Disconnect", "« Shops"]
