"""Messages about an item's card: hidden, without a photo, or with other words than before."""

from collections.abc import Callable, Iterator

from contracts.envelope import Event
from contracts.message_kinds import MessageKind
from contracts.products import ChangedProduct, ProductsUpdatedV1
from servicekit.text import UNKNOWN, name
from servicekit.translation import msgid

from notifier.deliveries.enqueue import Notice
from notifier.messages.buttons import item_buttons
from notifier.messages.kind import Kind, Rule
from notifier.messages.message import About, Message
from notifier.messages.notice import notice

TITLE_UNITS = 100
WORD_UNITS = 50

WORDS = {
    "title": msgid("Title"),
    "brand": msgid("Brand"),
    "subject": msgid("Subject"),
    "vendor_code": msgid("Article"),
}
"""What buyers, or the seller, know an item by."""


def is_hidden(product: ChangedProduct) -> bool:
    """Whether buyers see it no more, or without a picture."""
    was = product.previous
    return (was.get("is_listed") is True and not product.is_listed) or bool(was.get("photo") and not product.photo)


def is_changed(product: ChangedProduct) -> bool:
    """Whether it is shown again, or reads otherwise."""
    was = product.previous
    is_back = was.get("is_listed") is False or ("photo" in was and not was["photo"])
    return not is_hidden(product) and (is_back or any(_reads_otherwise(product, field) for field in WORDS))


def card_kind(
    kind: MessageKind,
    emoji: str,
    title: str,
    is_told: Callable[[ChangedProduct], bool],
    preview: tuple[ChangedProduct, ...],
) -> Kind[ChangedProduct]:
    """The kind that tells of cards of which it `is_told`; `title` is a msgid."""

    def notices(event: Event[ProductsUpdatedV1]) -> Iterator[Notice]:
        for product in event.data.products:
            if product.change == "changed" and is_told(product):
                subject = f"{kind}/{product.nm_id}/{product.revision}"
                yield Notice(kind, subject, product.model_dump_json(), nm_id=product.nm_id)

    def write(product: ChangedProduct, about: About) -> Message:
        head = f"{emoji} {about.language.text(title)}"
        message = notice(head, _lines(product, about), about, item_buttons(product.nm_id, about))
        return Message(message.html, message.buttons, product.photo)

    return Kind(
        kind,
        ChangedProduct,
        write,
        lambda: preview,
        rules=(Rule(ProductsUpdatedV1, notices),),
        line=lambda product, _: _item(product),
    )


def _lines(product: ChangedProduct, about: About) -> Iterator[str]:
    text, was = about.language.text, product.previous
    yield f"🏷 {_item(product)}"
    yield "🆔 " + " · ".join(filter(None, (str(product.nm_id), name(product.vendor_code, WORD_UNITS))))
    yield ""
    if was.get("is_listed") is True and not product.is_listed:
        yield text("It is in WB's trash, or deleted: nobody can order it.")
    elif was.get("is_listed") is False and product.is_listed:
        yield text("It is back from WB's trash.")
    if was.get("photo") and not product.photo:
        yield text("It has lost its photo.")
    elif "photo" in was and not was["photo"] and product.photo:
        yield text("It has a photo now.")
    for field, called in WORDS.items():
        if _reads_otherwise(product, field):
            yield f"{text(called)}: {_word(was[field])} → {_word(getattr(product, field))}"


def _reads_otherwise(product: ChangedProduct, field: str) -> bool:
    return field in product.previous and _word(product.previous[field]) != _word(getattr(product, field))


def _word(value: object) -> str:
    return name(value, WORD_UNITS) if isinstance(value, str) and value.strip() else UNKNOWN


def _item(product: ChangedProduct) -> str:
    return name(product.title or product.vendor_code, TITLE_UNITS) or str(product.nm_id)
