"""All a running simulator holds."""

from collections import Counter
from dataclasses import dataclass, field
from typing import Any

from tgsim.config import Config
from tgsim.errors import Refusal, bad_request
from tgsim.faults import Faults
from tgsim.flood import Flood
from tgsim.inbox import Inbox
from tgsim.photos import Photos
from tgsim.printing import Printer
from tgsim.webhooks import Webhooks

CHAT_STATES = ("ok", "blocked", "unknown")


@dataclass(frozen=True)
class Bot:
    """One token's own limits and pictures."""

    bot_id: int
    flood: Flood
    photos: Photos

    def as_user(self) -> dict[str, Any]:
        """The bot as Telegram's User object."""
        return {
            "id": self.bot_id,
            "is_bot": True,
            "first_name": "tgsim",
            "username": f"tgsim_{self.bot_id}_bot",
        }


class Chats:
    """Which chats exist and which have blocked the bot."""

    def __init__(self, listed: frozenset[int] | None) -> None:
        self._default = "ok" if listed is None else "unknown"
        self._states: dict[int, str] = dict.fromkeys(listed or (), "ok")

    def set(self, chat_id: int, state: str) -> None:
        """Put a chat into a state; raises ValueError for an unknown one."""
        if state not in CHAT_STATES:
            raise ValueError(f"state must be one of {', '.join(CHAT_STATES)}")
        self._states[chat_id] = state

    def check(self, chat_id: int | None) -> int:
        """The id if a bot may write there; raises Refusal."""
        state = self._states.get(chat_id, self._default) if chat_id else "unknown"
        if chat_id is None or state == "unknown":
            raise bad_request("chat not found")
        if state == "blocked":
            reason = "bot was blocked by the user" if chat_id > 0 else "bot was kicked from the group chat"
            raise Refusal(403, f"Forbidden: {reason}")
        return chat_id


@dataclass
class Sim:
    """The parts, and what has been counted: accepted messages by method, refusals by code, faults by kind."""

    config: Config
    bots: dict[str, Bot]
    chats: Chats
    inbox: Inbox
    printer: Printer
    webhooks: Webhooks
    faults: Faults = field(default_factory=Faults)
    accepted: Counter[str] = field(default_factory=Counter)
    refused: Counter[str] = field(default_factory=Counter)
    faulted: Counter[str] = field(default_factory=Counter)

    def stats(self) -> dict[str, Any]:
        """Totals since the start."""
        return {
            "accepted": self.accepted.total(),
            "accepted_by_method": dict(self.accepted),
            "refused": dict(self.refused),
            "faults": dict(self.faulted),
            "early_sends": sum(bot.flood.early_sends for bot in self.bots.values()),
        }


def new_sim(config: Config) -> Sim:
    """An empty simulator."""
    bots = {
        token: Bot(int(token.partition(":")[0]), Flood(config.limits, config.clock), Photos())
        for token in config.tokens
    }
    printer = Printer(config.print_mode, config.clock)
    inbox, webhooks = Inbox(config.keep_messages), Webhooks(config.keep_messages)
    return Sim(config, bots, Chats(config.chats), inbox, printer, webhooks)
