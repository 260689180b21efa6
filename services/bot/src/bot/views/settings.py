"""Settings of messages: of everything or one shop, of one kind, and each value with where it was said."""

from collections.abc import Callable, Iterator, Mapping
from decimal import Decimal
from typing import Any

from contracts.message_kinds import KINDS, KnownKind
from contracts.notification_settings import NotificationSettings, Quiet
from servicekit.text import name
from servicekit.translation import msgid

from bot.views.reader import Reader
from bot.wanted import CHANNELS, Place, Said, is_on, muted_until, said, still_told

FAMILIES = {
    "orders": msgid("🧾 Orders"),
    "stocks": msgid("📦 Stocks"),
    "prices": msgid("🏷 Prices"),
    "cards": msgid("🗂 Cards"),
    "reviews": msgid("⭐ Reviews"),
    "money": msgid("💰 Money"),
    "digests": msgid("🗞 Digests"),
    "cabinet": msgid("🏪 Shops"),
    "team": msgid("👥 Members"),
    "channels": msgid("🔌 Channels"),
}
CHANNEL_WORDS = {
    "telegram": msgid("Telegram"),
    "email": msgid("E-mail"),
    "webpush": msgid("Browser"),
    "firebase": msgid("App"),
}
OF_ITEMS = frozenset({"orders", "stocks", "prices", "reviews"})
"""Families whose messages are about items."""
NAMED_ITEMS = 5
ZONE_UNITS = 64


def title_of(reader: Reader, kind: KnownKind) -> str:
    """What a kind is called; plain text."""
    return kind.en if reader.language.code == "en" else kind.ru


def overview(reader: Reader, settings: NotificationSettings, place: Place, shop: str) -> str:
    """Settings of all kinds; `shop` is the name of the place's shop as HTML, empty for all of them."""
    lines = [f"<b>{reader.text('⚙️ Settings of messages')}</b>", _where(reader, place, shop), ""]
    lines += [_line(reader, settings, place, value) for value in ("quiet", "group_after")]
    lines += _muted(reader, settings, place)
    lines.append(reader.text("🌍 Time zone: {zone}", zone=name(settings.zone, ZONE_UNITS)))
    lines += ["", reader.text("Choose what you are told of:")]
    return "\n".join(lines)


def family(reader: Reader, settings: NotificationSettings, place: Place, shop: str, of: str) -> str:
    """Before the kinds of a family, which are buttons."""
    lines = [f"<b>{reader.text(FAMILIES[of])}</b>", _where(reader, place, shop), ""]
    lines.append(reader.text("A press turns a kind on or off; ⚙️ shows all of it."))
    if of == "orders":
        lines += _notes(reader, settings, place.of_kind("order_new"))
    return "\n".join(lines)


def kind_page(reader: Reader, settings: NotificationSettings, place: Place, shop: str) -> str:
    """All that counts for a kind at a place."""
    kind = KINDS[place.kind or ""]
    lines = [f"<b>{title_of(reader, kind)}</b>", _where(reader, place, shop), ""]
    lines += [_line(reader, settings, place, value) for value in values_of(kind)]
    lines += [_line(reader, settings, place, value) for value in ("quiet", "group_after")]
    if place.channel is None:
        here = is_on(settings, place)
        lines += [
            f"• {reader.text(CHANNEL_WORDS[each])}: {_yes(reader, not here)}"
            for each in CHANNELS
            if is_on(settings, place.in_channel(each)) != here
        ]
    lines += _muted(reader, settings, place)
    if kind.is_critical:
        lines.append(reader.text("❗ This is critical: it comes in quiet hours, too."))
    return "\n".join([*lines, *_notes(reader, settings, place)])


def chooser(reader: Reader, settings: NotificationSettings, place: Place, shop: str, value: str) -> str:
    """Before what one value can be, which are buttons."""
    what = f"<b>{title_of(reader, KINDS[place.kind])}</b>\n" if place.kind else ""
    return f"{what}{_where(reader, place, shop)}\n\n{_line(reader, settings, place, value)}"


def values_of(kind: KnownKind) -> Iterator[str]:
    """Which values mean something of a kind alone."""
    yield "is_on"
    if kind.has_amount:
        yield "above"
    if kind.family in OF_ITEMS:
        yield "only_nm_ids"
    if kind.family == "digests":
        yield "digest_at"


def _where(reader: Reader, place: Place, shop: str) -> str:
    what = shop or reader.text("all your shops")
    channel = reader.text(CHANNEL_WORDS[place.channel]) if place.channel else reader.text("all channels")
    return f"🏪 {what} · 📡 {channel}"


def _line(reader: Reader, settings: NotificationSettings, place: Place, value: str) -> str:
    found = said(settings, place, value)
    shown = reader.text(_NAMES[value], value=_SHOWN[value](reader, found.value))
    return f"{shown} · <i>{_from(reader, found, place)}</i>"


def _from(reader: Reader, found: Said, here: Place) -> str:
    """Which setting says a value."""
    by = found.by
    if by is None:
        return reader.text("the default")
    if by == here:
        return reader.text("set here")
    words = [reader.text("this shop") if by.cabinet_id else reader.text("all shops")]
    if by.kind:
        words.append(reader.text("this kind"))
    if by.channel:
        words.append(reader.text(CHANNEL_WORDS[by.channel]))
    return reader.text("from: {places}", places=", ".join(words))


def _notes(reader: Reader, settings: NotificationSettings, place: Place) -> list[str]:
    told = [title_of(reader, KINDS[kind]) for kind in still_told(settings, place)]
    if not told:
        return []
    line = reader.text("ℹ️ Still told, as kinds of their own: {kinds}.", kinds=", ".join(f"“{each}”" for each in told))
    return ["", line]


def _muted(reader: Reader, settings: NotificationSettings, place: Place) -> list[str]:
    until = muted_until(settings, place)
    return [reader.text("🔕 Muted until {moment}", moment=reader.moment(until))] if until else []


def _yes(reader: Reader, value: Any) -> str:
    return reader.text("yes") if value else reader.text("no")


def _amount(reader: Reader, value: Decimal | None) -> str:
    return reader.text("any") if not value else reader.language.money(value, "RUB")


def _items(reader: Reader, value: tuple[int, ...]) -> str:
    if not value:
        return reader.text("every one")
    more = reader.text("and {n} more", n=len(value) - NAMED_ITEMS) if len(value) > NAMED_ITEMS else ""
    return " ".join(filter(None, (", ".join(map(str, value[:NAMED_ITEMS])), more)))


def hours(reader: Reader, value: Quiet | None) -> str:
    """`23:00–09:00`, or that there are none."""
    return reader.text("none") if value is None or value.since == value.until else f"{value.since}–{value.until}"


def group_words(reader: Reader, value: int) -> str:
    """How many that wait at once become one message."""
    return reader.text("never") if value == 0 else reader.text("from {n}", n=value)


def digest_words(reader: Reader, value: str) -> str:
    """When digests are told."""
    return reader.text("as soon as they are ready") if value == "00:00" else value


_NAMES = {
    "is_on": msgid("🔔 Tell: {value}"),
    "above": msgid("💰 Of amounts from: {value}"),
    "only_nm_ids": msgid("👕 Of items: {value}"),
    "quiet": msgid("🌙 Quiet hours: {value}"),
    "group_after": msgid("📚 Many that wait in one message: {value}"),
    "digest_at": msgid("🗞 Digests at: {value}"),
}
_SHOWN: Mapping[str, Callable[[Reader, Any], str]] = {
    "is_on": _yes,
    "above": _amount,
    "only_nm_ids": _items,
    "quiet": hours,
    "group_after": group_words,
    "digest_at": digest_words,
}
