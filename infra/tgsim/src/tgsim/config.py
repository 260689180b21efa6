"""What one simulator is told at start."""

import secrets
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Literal

PrintMode = Literal["all", "sample", "none"]


def new_token() -> str:
    """A fresh token of the shape BotFather gives: `<bot id>:<35 characters>`."""
    return f"{secrets.randbelow(9 * 10**9) + 10**9}:{secrets.token_urlsafe(27)[:35]}"


@dataclass(frozen=True)
class Limits:
    """Flood limits as Telegram's bot FAQ states them: per chat, over the bot, per group."""

    per_chat_per_second: float = 1.0
    per_chat_burst: int = 3
    per_second: float = 30.0
    per_group_per_minute: int = 20


@dataclass(frozen=True)
class Config:
    """Everything `create_app` needs; `clock` measures limits (s), `wall_clock` stamps messages (unix s)."""

    tokens: tuple[str, ...] = field(default_factory=lambda: (new_token(),))
    limits: Limits | None = field(default_factory=Limits)
    chats: frozenset[int] | None = None  # None: every id but zero exists
    photo_urls: Mapping[str, bytes] = field(default_factory=dict)  # what "fetching" a URL yields
    bot_name: str = "tgsim"
    print_mode: PrintMode = "none"
    control_from_anywhere: bool = False
    reads_all_group_messages: bool = False  # True: privacy mode is off, as BotFather's /setprivacy does
    keep_messages: int = 100_000
    keep_file_bytes: int = 64 * 1024 * 1024
    clock: Callable[[], float] = time.monotonic
    wall_clock: Callable[[], float] = time.time

    def __post_init__(self) -> None:
        for token in self.tokens:
            if not token.partition(":")[0].isdigit():
                raise ValueError(f"a bot token is <digits>:<secret>, got {token!r}")
