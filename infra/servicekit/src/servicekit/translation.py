"""Texts, numbers and moments in the languages that people read: English in the code, the rest in gettext catalogues.

A package keeps its catalogues in `locale/<code>.po`; they are read once. A msgid is an English sentence with its values
in braces; one that is not handed to `text` or `plural` where it stands (it stands in a table) is marked by `msgid`.
Services with texts depend on Babel, which this module needs; the others do without.
"""

import io
from collections.abc import Callable, Mapping
from datetime import date, datetime, timedelta, tzinfo
from decimal import Context, Decimal
from functools import cache, lru_cache
from importlib import resources
from typing import Any, Literal, get_args
from zoneinfo import ZoneInfo

from babel import Locale
from babel.messages.pofile import read_po
from contracts.currency import sign
from contracts.model import MOSCOW

from servicekit.text import THIN_SPACE, UNKNOWN

Code = Literal["ru", "en"]
CODES: tuple[Code, ...] = get_args(Code)

_TENTH = Decimal("0.1")
_CENT = Decimal("0.01")
_OF_ANY_SIZE = Context(prec=200)
"""`quantize` refuses what has more digits than its context, which are 28 if nothing is said."""

_UNITS: Mapping[Code, tuple[str, str, str]] = {"ru": ("дн", "ч", "мин"), "en": ("d", "h", "min")}
_UNDER_A_MINUTE: dict[Code, str] = {"ru": "меньше минуты", "en": "less than a minute"}
_MOSCOW_TIME: Mapping[Code, str] = {"ru": "МСК", "en": "MSK"}
_GROUPS: Mapping[Code, str] = {"ru": THIN_SPACE, "en": ","}


def msgid(text: str) -> str:
    """Marks an English text that is translated where it is used."""
    return text


class Language:
    """One language: its texts for msgids, its plurals, and how it writes numbers and moments. No value is escaped."""

    def __init__(self, code: Code, texts: Mapping[str, tuple[str, ...]]) -> None:
        locale = Locale.parse(code)
        self.code = code
        self._texts = texts
        forms = ("one", "few", "many") if code == "ru" else ("one", "other")
        # Babel takes ten times as long for a number as everything else together, and each comes again and again.
        self._form_of: Callable[[int], int] = lru_cache(10_000)(lambda n: forms.index(locale.plural_form(n)))
        self._group = _GROUPS[code]
        self._point = locale.number_symbols["latn"]["decimal"]
        self._months = locale.months["format"]["abbreviated" if code == "en" else "wide"]
        self._units = _UNITS[code]
        self._say_moment = self._russian_moment if code == "ru" else self._english_moment

    def text(self, msgid: str, /, **values: Any) -> str:
        """The text in this language, with the values in its braces; the msgid itself where it has none."""
        said = self._texts.get(msgid)
        template = msgid if said is None else said[0]
        return template.format_map(values) if values else template

    def plural(self, singular: str, plural: str, n: int, /, **values: Any) -> str:
        """The form that goes with `n`, which is `{n}` in it: `3 дня`, `1 day`."""
        forms = self._texts.get(singular)
        template = (singular if n == 1 else plural) if forms is None else forms[self._form_of(n)]
        return template.format_map({"n": self.number(n), **values})

    def number(self, value: Decimal | int) -> str:
        """`1 494` or `24,5` (English: `1,494`, `24.5`): at most two decimals, none where they are zero."""
        if isinstance(value, int):
            return f"{value:,}".replace(",", self._group)
        rounded = value.quantize(_CENT, context=_OF_ANY_SIZE)
        whole, _, decimals = f"{rounded:,.2f}".partition(".")
        decimals = decimals.rstrip("0")
        if whole == "-0" and not decimals:
            whole = "0"
        return whole.replace(",", self._group) + (self._point + decimals if decimals else "")

    def money(self, value: Decimal | None, currency: str | None) -> str:
        """`1 494 ₽`, `860 сом`, `—` when unknown; roubles where no currency was ever stated. English has
        codes where the sign is a Russian word."""
        if value is None:
            return UNKNOWN
        said = self.number(value)
        # Of a kopeck amount both digits are said: `342,70 ₽`.
        tenths = len(said.partition(self._point)[2]) == 1
        return f"{said}{'0' if tenths else ''}{THIN_SPACE}{self.sign(currency)}"

    def sign(self, currency: str | None) -> str:
        """What is written behind an amount of the currency."""
        said = sign(currency)
        return said if self.code == "ru" or not _is_russian(said) else (currency or said)

    def percent(self, value: Decimal | int | None) -> str:
        """`24 %`, `24,5 %`: at most one decimal; `—` when unknown."""
        if value is None:
            return UNKNOWN
        said = value if isinstance(value, int) else value.quantize(_TENTH, context=_OF_ANY_SIZE)
        return f"{self.number(said)}{THIN_SPACE}%"

    def moment(self, at: datetime, zone: tzinfo = MOSCOW) -> str:
        """`20.11 14:07` (English: `20 Nov 14:07`) in the zone."""
        return self._say_moment(at.astimezone(zone))

    def day(self, day: date) -> str:
        """`20.11`, `20 Nov`."""
        return f"{day.day:02}.{day.month:02}" if self.code == "ru" else f"{day.day} {self._months[day.month]}"

    def long_day(self, day: date) -> str:
        """`20 ноября`, `20 Nov`."""
        return f"{day.day} {self._months[day.month]}"

    def zone(self, at: datetime, zone: tzinfo = MOSCOW) -> str:
        """What a moment's zone is called beside it: `МСК`, `UTC+10`."""
        if zone is MOSCOW or getattr(zone, "key", "") == "Europe/Moscow":
            return _MOSCOW_TIME[self.code]
        minutes = int((at.astimezone(zone).utcoffset() or timedelta()).total_seconds()) // 60
        hours, rest = divmod(abs(minutes), 60)
        return f"UTC{'-' if minutes < 0 else '+'}{hours}" + (f":{rest:02}" if rest else "")

    def span(self, length: timedelta) -> str:
        """`4 ч 33 мин`, `3 дн 2 ч`, `меньше минуты`."""
        day, hour, minute = self._units
        minutes = int(length.total_seconds()) // 60
        if minutes <= 0:
            return _UNDER_A_MINUTE[self.code]
        days, hours = minutes // 1440, minutes // 60 % 24
        if days:
            return f"{days} {day} {hours} {hour}" if hours else f"{days} {day}"
        return f"{hours} {hour} {minutes % 60} {minute}" if hours else f"{minutes} {minute}"

    def _russian_moment(self, at: datetime) -> str:
        return f"{at.day:02}.{at.month:02} {at.hour:02}:{at.minute:02}"

    def _english_moment(self, at: datetime) -> str:
        return f"{at.day} {self._months[at.month]} {at.hour:02}:{at.minute:02}"


@cache
def language(package: str, code: Code) -> Language:
    """A package's texts in one language; English ones are the msgids themselves."""
    return Language(code, {} if code == "en" else catalogue(package, code))


def catalogue(package: str, code: Code) -> dict[str, tuple[str, ...]]:
    """Msgid (of plurals the singular) → its text, or its plural forms in the order of the catalogue; what is empty or
    marked as fuzzy is not there."""
    stored = (resources.files(package) / "locale" / f"{code}.po").read_bytes()
    texts: dict[str, tuple[str, ...]] = {}
    for message in read_po(io.BytesIO(stored), locale=code):
        said = message.string if isinstance(message.string, tuple | list) else (message.string or "",)
        if message.id and all(said) and not message.fuzzy:
            key = message.id[0] if isinstance(message.id, tuple | list) else message.id
            texts[key] = tuple(said)
    return texts


@cache
def zone_of(name: str | None) -> tzinfo:
    """The zone of an IANA name; Moscow's where none is told or nobody knows it."""
    try:
        return ZoneInfo(name) if name and name != "Europe/Moscow" else MOSCOW
    except (KeyError, ValueError, OSError):
        return MOSCOW


def _is_russian(text: str) -> bool:
    return any("\u0400" <= character <= "\u04ff" for character in text)
