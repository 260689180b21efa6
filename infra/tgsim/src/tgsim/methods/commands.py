"""The list of commands that a bot shows, by scope and language."""

import json
import re
from typing import Any

from tgsim.errors import bad_request
from tgsim.inbox import Receipt
from tgsim.params import Params
from tgsim.state import Bot, Sim

MAX_COMMANDS = 100
_SCOPES = {
    "default": (), "all_private_chats": (), "all_group_chats": (), "all_chat_administrators": (),
    "chat": ("chat_id",), "chat_administrators": ("chat_id",), "chat_member": ("chat_id", "user_id"),
}  # fmt: skip


def set_my_commands(_sim: Sim, bot: Bot, params: Params, _receipt: Receipt) -> bool:
    """Replace the commands of a scope and language."""
    commands = params.json("commands")
    if not isinstance(commands, list):
        raise bad_request("expected an Array of BotCommand")
    if len(commands) > MAX_COMMANDS:
        raise bad_request("BOT_COMMANDS_TOO_MUCH")
    bot.commands[_place(params)] = [_command(command) for command in commands]
    return True


def get_my_commands(_sim: Sim, bot: Bot, params: Params, _receipt: Receipt) -> list[dict[str, str]]:
    """The commands of exactly this scope and language; none where none were set."""
    return bot.commands.get(_place(params), [])


def delete_my_commands(_sim: Sim, bot: Bot, params: Params, _receipt: Receipt) -> bool:
    """Forget the commands of a scope and language."""
    bot.commands.pop(_place(params), None)
    return True


def _place(params: Params) -> tuple[str, str]:
    scope = params.object("scope") or {"type": "default"}
    fields = _SCOPES.get(str(scope.get("type")))
    if fields is None:
        raise bad_request("can't parse BotCommandScope: Unsupported type specified")
    if not all(field in scope for field in fields):
        raise bad_request(f"can't parse BotCommandScope: {fields[0]} is empty")
    language = params.text("language_code")
    if language and not re.fullmatch("[a-z]{2}", language):
        raise bad_request("BOT_COMMAND_LANG_CODE_INVALID")
    return json.dumps({name: scope[name] for name in ("type", *fields)}, sort_keys=True), language


def _command(command: Any) -> dict[str, str]:
    if not isinstance(command, dict):
        raise bad_request("can't parse BotCommand: expected an Object")
    name, description = str(command.get("command", "")).removeprefix("/"), str(command.get("description", ""))
    if not re.fullmatch("[a-z0-9_]{1,32}", name):
        raise bad_request("BOT_COMMAND_INVALID")
    if not 1 <= len(description) <= 256:
        raise bad_request("BOT_COMMAND_DESCRIPTION_INVALID")
    return {"command": name, "description": description}
