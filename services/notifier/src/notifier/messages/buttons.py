"""Buttons under messages: what the bot does at an `action`, and with which body (`servicekit.callback_data`)."""

from uuid import UUID

from notifier.messages.message import About, Button

MAX_BODY_BYTES = 28
NM_ID_BYTES = 8
_LARGEST_NM_ID = 2 ** (NM_ID_BYTES * 8 - 1) - 1


def order_buttons(order_id: UUID, nm_id: int, about: About) -> tuple[Button, ...]:
    """[Report] [At WB] [Stock] [Mute: this item] [Why]."""
    report = Button(about.language.text("Report"), action="rp", body=order_id.bytes)
    return (report, *item_buttons(nm_id, about))


def item_buttons(nm_id: int, about: About) -> tuple[Button, ...]:
    """[At WB] [Stock] [Mute: this item] [Why]; of a message that is about no item, [Why]."""
    text = about.language.text
    if not 0 < nm_id <= _LARGEST_NM_ID:
        return why_button(about)
    body = nm_id.to_bytes(NM_ID_BYTES, signed=True)
    return (
        Button(text("At WB"), url=f"https://www.wildberries.ru/catalog/{nm_id}/detail.aspx"),
        Button(text("What is left"), action="st", body=body),
        Button(text("Mute: this item"), action="mu", body=body),
        *why_button(about),
    )


def alert_button(alert_id: UUID, about: About) -> tuple[Button, ...]:
    """[Alert]: what is known of it now, and what is done about it."""
    return (Button(about.language.text("What to do"), action="lc", body=alert_id.bytes),)


def answer_button(feedback_id: str | None, about: About) -> tuple[Button, ...]:
    """[Answer], where the review's id fits into a button."""
    body = (feedback_id or "").encode()
    return (Button(about.language.text("Answer"), action="rv", body=body),) if 0 < len(body) <= MAX_BODY_BYTES else ()


def why_button(about: About) -> tuple[Button, ...]:
    """[Why], of a message that was delivered to somebody."""
    if about.delivery_id is None:
        return ()
    return (Button(about.language.text("Why"), action="wy", body=about.delivery_id.bytes),)
