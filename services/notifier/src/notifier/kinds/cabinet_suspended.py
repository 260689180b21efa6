"""WB refuses the whole cabinet: what stopped, and what to do. Told by the handler of the event."""

from contracts.cabinets import CabinetSuspendedV1
from servicekit.translation import msgid

from notifier.messages.kind import Kind
from notifier.messages.message import About, Message
from notifier.messages.notice import NOTHING_IS_LOST, notice

MAKE_A_NEW_ONE = msgid("Make a new token in the WB portal (Settings → API access) and send it.")
TOP_UP = msgid("Top up the balance of WB services: we look ourselves, and go on without you.")

TEXTS = {
    "token_rejected": ("🔑", msgid("Wildberries does not accept the token"), (MAKE_A_NEW_ONE,)),
    "payment_required": ("💳", msgid("Wildberries asks to top up the balance"), (TOP_UP,)),
    "scope_refused": (
        "🔑",
        msgid("The token lacks rights"),
        (msgid("Tick the categories Statistics, Analytics and Content when you make it."), MAKE_A_NEW_ONE),
    ),
    "seller_mismatch": (
        "🔑",
        msgid("The token is another seller's"),
        (msgid("Wildberries names another seller."), MAKE_A_NEW_ONE),
    ),
    "token_unreadable": (
        "🔑",
        msgid("The token could not be read"),
        (msgid("Send the token of this shop once more."),),
    ),
}


def write(told: CabinetSuspendedV1, about: About) -> Message:
    text = about.language.text
    emoji, title, what_to_do = TEXTS[told.reason]
    lines = [text("Orders, stock and reviews do not come any more."), *map(text, what_to_do), text(NOTHING_IS_LOST)]
    return notice(f"{emoji} {text(title)}", lines, about)


def preview() -> tuple[CabinetSuspendedV1, ...]:
    return (
        CabinetSuspendedV1(reason="token_rejected", detail="401"),
        CabinetSuspendedV1(reason="payment_required", detail="402"),
    )


KIND = Kind("cabinet_suspended", CabinetSuspendedV1, write, preview)
