"""Currencies that Wildberries settles in: ISO 4217 codes, and the signs that people write."""

from typing import Annotated

from pydantic import Field

Currency = Annotated[str, Field(pattern="^[A-Z]{3}$", description="ISO 4217 code of three letters")]

ROUBLE = "RUB"
"""The currency of amounts of which nobody ever stated one (ADR 0016)."""

NUMERIC = {
    36: "AUD", 51: "AMD", 124: "CAD", 156: "CNY", 203: "CZK", 344: "HKD", 356: "INR", 360: "IDR", 376: "ILS",
    392: "JPY", 398: "KZT", 410: "KRW", 417: "KGS", 496: "MNT", 498: "MDL", 586: "PKR", 643: "RUB", 682: "SAR",
    702: "SGD", 704: "VND", 756: "CHF", 764: "THB", 784: "AED", 810: "RUB", 818: "EGP", 826: "GBP", 840: "USD",
    860: "UZS", 901: "TWD", 933: "BYN", 934: "TMT", 941: "RSD", 944: "AZN", 949: "TRY", 972: "TJS", 978: "EUR",
    980: "UAH", 981: "GEL", 985: "PLN",
}  # fmt: skip
"""Numeric code → code of letters."""

SIGNS = {
    "RUB": "₽", "KZT": "₸", "BYN": "Br", "KGS": "сом", "AMD": "֏", "UZS": "сум", "GEL": "₾", "AZN": "₼",
    "TJS": "сомони", "CNY": "¥", "TRY": "₺", "ILS": "₪", "USD": "$", "EUR": "€", "AED": "дирхам",
}  # fmt: skip
"""What Russians write behind an amount; of a currency that is not here, its code."""

OF_COUNTRIES = {
    "россия": "RUB", "беларусь": "BYN", "белоруссия": "BYN", "казахстан": "KZT", "киргизия": "KGS", "кыргызстан": "KGS",
    "армения": "AMD", "узбекистан": "UZS", "грузия": "GEL", "азербайджан": "AZN", "таджикистан": "TJS", "китай": "CNY",
    "турция": "TRY", "израиль": "ILS", "оаэ": "AED", "ru": "RUB", "by": "BYN", "kz": "KZT", "kg": "KGS", "am": "AMD",
    "uz": "UZS", "ge": "GEL", "az": "AZN", "tj": "TJS", "cn": "CNY", "tr": "TRY", "il": "ILS", "ae": "AED",
}  # fmt: skip
"""The currency in which sellers of a country are settled with, by the country's name or code in small letters."""

_SPELT = {"RUR": "RUB", "РУБ": "RUB", "₽": "RUB", "СОМ": "KGS", "ТЕНГЕ": "KZT", "₸": "KZT", "֏": "AMD", "СУМ": "UZS"}
_NO_MONEY = {"XXX", "XTS"}
"""Codes of ISO 4217 that name none: a transaction without a currency, and tests."""


def currency(stated: str | int | None) -> str | None:
    """The code of three letters of a currency, however it is stated; none if that says nothing."""
    text = str(stated if stated is not None else "").strip().rstrip(".").upper()
    if text.isdecimal() and text.isascii():
        return NUMERIC.get(int(text)) if len(text) <= 3 else None
    if text in _SPELT:
        return _SPELT[text]
    return text if len(text) == 3 and text.isascii() and text.isalpha() and text not in _NO_MONEY else None


def currency_of_country(country: str | None) -> str | None:
    """The currency in which sellers of a country are settled with, if that is known."""
    return OF_COUNTRIES.get((country or "").strip().lower())


def sign(code: str | None) -> str:
    """What is written behind an amount of the currency."""
    return SIGNS.get(code or ROUBLE, code or ROUBLE)
