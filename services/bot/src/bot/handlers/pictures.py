"""Charts as messages: drawn beside the loop, sent as a photo, and replaced in place when another is asked for."""

from collections.abc import Callable

from aiogram.exceptions import TelegramBadRequest
from aiogram.types import BufferedInputFile, InlineKeyboardMarkup, InputMediaPhoto

from bot.charts.room import Busy
from bot.conversation import NOT_MODIFIED, Conversation


async def show_picture(
    talk: Conversation, draw: Callable[[], bytes], caption: str, markup: InlineKeyboardMarkup
) -> None:
    """The photo whose button was pressed becomes this one; where none was, or it cannot, a new one is sent.

    While too many charts are asked for, the caption is sent as a text: figures are not held up by a picture.
    """
    try:
        png = await talk.shared.charts.drawn(draw)
    except Busy:
        await talk.show(caption + "\n\n" + talk.text("Too many charts are being drawn just now."), markup)
        return
    photo = BufferedInputFile(png, "chart.png")
    message = talk.message
    if talk.query is not None and message is not None and message.photo:
        try:
            await talk.bot.edit_message_media(
                InputMediaPhoto(media=photo, caption=caption),
                chat_id=talk.chat_id,
                message_id=message.message_id,
                reply_markup=markup,
            )
        except TelegramBadRequest as error:
            if NOT_MODIFIED in error.message:
                return
        else:
            return
    await talk.bot.send_photo(
        talk.chat_id,
        photo,
        caption=caption,
        message_thread_id=talk.thread_id,
        reply_parameters=talk.reply_parameters(),
        reply_markup=markup,
    )
