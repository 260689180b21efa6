"""aiogram's models take no memory before they are used, and are what aiogram makes them."""

import json
import subprocess
import sys

START = """
import json, sys
import bot.app
from bot.deferred_models import build_what_comes
from aiogram import types
from aiogram.methods.base import TelegramMethod
from aiogram.types.base import TelegramObject
from pydantic import BaseModel

def models(package, root):
    return [each for each in vars(package).values() if isinstance(each, type) and issubclass(each, root)]

build_what_comes()
"""

COUNTED = """
away = {"sqlalchemy", "asyncpg", "redis", "aio_pika", "faststream", "matplotlib"}
built = [each.__name__ for each in models(types, TelegramObject) if each.__pydantic_complete__]
print(json.dumps({"built": built, "imported": sorted(away & sys.modules.keys())}))
"""

BUILT = """
import aiogram.methods
update = types.Update.model_validate(json.load(sys.stdin))
sent = aiogram.methods.base.Response[types.Message].model_validate({"ok": True, "result": update.message})
every = [*models(types, TelegramObject), *models(aiogram.methods, TelegramMethod)]
for each in every:
    each.model_rebuild()
print(json.dumps({
    "types": [type(each).__name__ for each in (
        update.message, update.message.chat, update.message.entities[0], update.message.photo[0],
        update.message.reply_to_message.reply_markup.inline_keyboard[0][0], update.message.reply_to_message.chat,
        update.message.forward_origin, sent.result,
    )],
    "not built": [each.__name__ for each in every if not each.__pydantic_complete__],
    "usual": [BaseModel.model_rebuild.__func__.__module__],
}))
"""

CHAT = {"id": 7, "type": "private"}
ANNA = {"id": 7, "is_bot": False, "first_name": "Анна"}
UPDATE = {
    "update_id": 1,
    "message": {
        "message_id": 2,
        "date": 1,
        "chat": CHAT,
        "from": ANNA,
        "caption": "/orders",
        "entities": [{"type": "bot_command", "offset": 0, "length": 7}],
        "photo": [{"file_id": "a", "file_unique_id": "b", "width": 1, "height": 1}],
        "forward_origin": {"type": "user", "date": 1, "sender_user": ANNA},
        "reply_to_message": {
            "message_id": 1,
            "date": 1,
            "chat": CHAT,
            "reply_markup": {"inline_keyboard": [[{"text": "Заказы", "callback_data": "or"}]]},
        },
    },
}


def _said(program: str) -> dict[str, list[str]]:
    ran = subprocess.run(
        [sys.executable, "-c", START + program], input=json.dumps(UPDATE), capture_output=True, text=True, check=True
    )
    answer: dict[str, list[str]] = json.loads(ran.stdout)
    return answer


def test_the_bot_builds_few_of_the_types_of_telegram_and_imports_nothing_of_databases() -> None:
    said = _said(COUNTED)
    assert {"Message", "Update"} <= set(said["built"])
    assert len(said["built"]) < 40
    assert said["imported"] == []


def test_models_built_late_are_those_that_are_built_at_once() -> None:
    said = _said(BUILT)
    assert said["types"] == [
        "Message", "Chat", "MessageEntity", "PhotoSize", "InlineKeyboardButton", "Chat", "MessageOriginUser", "Message",
    ]  # fmt: skip
    assert said["not built"] == []
    assert said["usual"] == ["pydantic.main"]
