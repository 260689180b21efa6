"""Updates by long polling, for installations that Telegram cannot reach."""

import structlog
from aiogram import Bot
from aiogram.exceptions import TelegramAPIError
from aiogram.types import Update
from pydantic import ValidationError

from bot.incoming import Incoming
from bot.telegram import TIMEOUT_SECONDS, GetRawUpdates, Raw
from bot.updates import WANTED

log = structlog.get_logger()

WAIT_SECONDS = 30
CONFIRM_SECONDS = 3


class Polling:
    """Asks for what is new, again and again. Whoever polls for the same bot elsewhere is told of as a conflict."""

    def __init__(self, bot: Bot, incoming: Incoming, *, wait_seconds: int = WAIT_SECONDS) -> None:
        self._bot = bot
        self._incoming = incoming
        self._wait_seconds = wait_seconds
        self._offset: int | None = None

    async def run(self) -> None:
        """Poll until cancelled, or until Telegram refuses."""
        # A webhook that was set earlier keeps everything from being polled.
        await self._bot.delete_webhook()
        while True:
            await self._incoming.room()
            asked = GetRawUpdates(offset=self._offset, timeout=self._wait_seconds, allowed_updates=list(WANTED))
            for raw in await self._bot(asked, request_timeout=int(self._wait_seconds + TIMEOUT_SECONDS)):
                update = read_update(raw, self._bot)
                if update is not None and self._incoming.take(update) == "full":
                    # Not confirmed: Telegram gives it again.
                    break
                self._offset = int(raw["update_id"]) + 1

    async def confirm(self) -> None:
        """Tell Telegram what was taken, so that whoever is started next is not given it again."""
        if self._offset is None:
            return
        try:
            await self._bot(GetRawUpdates(offset=self._offset, limit=1, timeout=0), request_timeout=CONFIRM_SECONDS)
        except TelegramAPIError as error:
            log.warning("updates.not_confirmed", error=f"{type(error).__name__}: {error.message}"[:300])


def read_update(raw: Raw, bot: Bot) -> Update | None:
    """The update; None, and a line in the log, where it is none."""
    try:
        return Update.model_validate(raw, context={"bot": bot})
    except ValidationError as error:
        # What people wrote is no business of the log.
        problems = error.errors(include_input=False, include_url=False)
        log.warning("update.unreadable", update_id=raw.get("update_id"), problems=[each["loc"] for each in problems])
        return None
