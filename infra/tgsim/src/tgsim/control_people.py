"""The part of the control API by which people act."""

import base64
import binascii
from typing import Any

from starlette.requests import Request
from starlette.routing import BaseRoute, Route

from tgsim import people
from tgsim.control import guarded, json_object
from tgsim.errors import Refusal
from tgsim.params import Upload
from tgsim.state import Bot, Sim

STATUS_BY_ACT = {"join": "member", "leave": "left", "promote": "administrator", "demote": "member", "kick": "kicked"}


def people_routes() -> list[BaseRoute]:
    """Routes of what people do; all answer to loopback only."""
    return [
        Route("/chats/{chat_id}/send", guarded(_send), methods=["POST"]),
        Route("/chats/{chat_id}/topics", guarded(_add_topic), methods=["POST"]),
        Route("/chats/{chat_id}/topics/{thread_id}", guarded(_set_topic), methods=["POST"]),
        Route("/chats/{chat_id}/migrate", guarded(_migrate), methods=["POST"]),
        Route("/chats/{chat_id}/{act}", guarded(_act), methods=["POST"]),
        Route("/messages/{chat_id}/{message_id}/press", guarded(_press), methods=["POST"]),
        Route("/callbacks", guarded(_callbacks), methods=["GET"]),
        Route("/deletions", guarded(_deletions), methods=["GET"]),
    ]


def person_in(body: dict[str, Any], chat_id: int) -> int | dict[str, Any]:
    """Who acts: `from`, by default whom a private chat is with; raises ValueError in a group without it."""
    given = body.get("from", chat_id if chat_id > 0 else None)
    if isinstance(given, bool) or not isinstance(given, int | dict):
        raise ValueError("from is a person's id or {id, first_name, username, language_code}")  # noqa: TRY004 - a 400
    return given


def bot_in(sim: Sim, body: dict[str, Any]) -> Bot:
    """The bot that is met: `bot_id`, by default the first; raises ValueError."""
    bots = list(sim.bots.values())
    found = [bot for bot in bots if body.get("bot_id", bots[0].bot_id) == bot.bot_id]
    if not found:
        raise ValueError("there is no bot with this bot_id")
    return found[0]


async def _send(request: Request, sim: Sim) -> Any:
    chat_id, body = _chat_id(request), await _body(request)
    photo, document = body.get("photo"), body.get("document")
    try:
        return people.say(
            sim,
            bot_in(sim, body),
            chat_id,
            person_in(body, chat_id),
            str(body.get("text") or ""),
            photo=None if photo is None else _bytes(photo),
            document=None if document is None else Upload(_bytes(document), str(document.get("name") or "file")),
            reply_to=body.get("reply_to"),
            thread_id=body.get("thread_id"),
        )
    except Refusal as refusal:
        raise ValueError(refusal.description) from refusal


async def _press(request: Request, sim: Sim) -> Any:
    chat_id, body = _chat_id(request), await _body(request)
    message_id, button = int(request.path_params["message_id"]), str(body.get("button"))
    return people.press(sim, bot_in(sim, body), chat_id, message_id, person_in(body, chat_id), button)


async def _act(request: Request, sim: Sim) -> Any:
    chat_id, body, act = _chat_id(request), await _body(request), request.path_params["act"]
    bot = bot_in(sim, body)
    if act in ("block", "unblock"):
        return people.set_blocked(sim, bot, chat_id, act == "block")
    if act not in STATUS_BY_ACT:
        raise ValueError(f"a person cannot {act}: send, block, unblock, topics, migrate, {', '.join(STATUS_BY_ACT)}")
    return people.set_status(sim, bot, chat_id, STATUS_BY_ACT[act], person_in(body, chat_id), body.get("user"))


async def _add_topic(request: Request, sim: Sim) -> Any:
    chat_id, body = _chat_id(request), await _body(request)
    topic = people.open_topic_as(sim, bot_in(sim, body), chat_id, person_in(body, chat_id), str(body.get("name") or ""))
    return {"thread_id": topic.thread_id, "name": topic.name}


async def _set_topic(request: Request, sim: Sim) -> Any:
    topic = sim.chats.get(_chat_id(request)).topics.get(int(request.path_params["thread_id"]))
    if topic is None:
        raise ValueError("there is no such topic")
    topic.is_closed = bool((await _body(request)).get("is_closed"))


async def _migrate(request: Request, sim: Sim) -> Any:
    chat_id, body = _chat_id(request), await _body(request)
    return people.migrate(sim, bot_in(sim, body), chat_id, body.get("to"), person_in(body, chat_id))


async def _callbacks(request: Request, sim: Sim) -> Any:
    found = [callback.as_json() for bot in sim.bots.values() for callback in bot.callbacks.all()]
    chat_id = request.query_params.get("chat_id")
    return {"callbacks": [c for c in found if chat_id is None or c["chat_id"] == int(chat_id)]}


async def _deletions(_request: Request, sim: Sim) -> Any:
    return {"deletions": list(sim.inbox.deletions)}


def _chat_id(request: Request) -> int:
    return int(request.path_params["chat_id"])


async def _body(request: Request) -> dict[str, Any]:
    return await json_object(request) if await request.body() else {}


def _bytes(given: Any) -> bytes:
    if not isinstance(given, dict) or not isinstance(given.get("base64"), str):
        raise ValueError('a file is {"base64": …, "name"?: …}')  # noqa: TRY004 - a 400
    try:
        return base64.b64decode(given["base64"], validate=True)
    except binascii.Error as error:
        raise ValueError("base64 does not parse") from error
