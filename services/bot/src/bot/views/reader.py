"""Who reads: a language, and the zone that moments are told in."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta, tzinfo
from decimal import Context, Decimal
from typing import Any

from contracts.model import MOSCOW
from servicekit.translation import Language

WHOLE_FROM = 100
_WHOLE = Decimal(1)
_OF_ANY_SIZE = Context(prec=200)


@dataclass(frozen=True)
class Reader:
    """What `Language` says, its moments in the person's zone."""

    language: Language
    zone: tzinfo = MOSCOW

    def moment(self, at: datetime) -> str:
        """`20.11 14:07 МСК`."""
        return f"{self.language.moment(at, self.zone)} {self.language.zone(at, self.zone)}"

    def short_moment(self, at: datetime) -> str:
        """`20.11 14:07`, where the zone stands elsewhere in the message."""
        return self.language.moment(at, self.zone)

    def text(self, msgid: str, /, **values: Any) -> str:
        """See `Language.text`, as all that follows."""
        return self.language.text(msgid, **values)

    def plural(self, singular: str, plural: str, n: int, /, **values: Any) -> str:
        return self.language.plural(singular, plural, n, **values)

    def number(self, value: Decimal | int) -> str:
        return self.language.number(value)

    def money(self, value: Decimal | None, currency: str | None) -> str:
        """An amount as an overview has it: from a hundred on without kopecks."""
        if value is not None and abs(value) >= WHOLE_FROM:
            value = value.quantize(_WHOLE, context=_OF_ANY_SIZE)
        return self.language.money(value, currency)

    def sign(self, currency: str | None) -> str:
        return self.language.sign(currency)

    def percent(self, value: Decimal | int | None) -> str:
        return self.language.percent(value)

    def day(self, day: date) -> str:
        return self.language.day(day)

    def long_day(self, day: date) -> str:
        return self.language.long_day(day)

    def span(self, length: timedelta) -> str:
        return self.language.span(length)
