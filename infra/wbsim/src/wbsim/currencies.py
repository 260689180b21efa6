"""The currencies in which sellers of a country are settled with."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Currency:
    """A currency by its ISO 4217 codes, and the country whose sellers have it."""

    code: str
    number: int
    country: str


CURRENCIES = {
    each.code: each
    for each in (
        Currency("RUB", 643, "Россия"),
        Currency("BYN", 933, "Беларусь"),
        Currency("KZT", 398, "Казахстан"),
        Currency("KGS", 417, "Кыргызстан"),
        Currency("AMD", 51, "Армения"),
        Currency("UZS", 860, "Узбекистан"),
        Currency("CNY", 156, "Китай"),
        Currency("TRY", 949, "Турция"),
    )
}
