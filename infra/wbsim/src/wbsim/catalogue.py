"""A shop's catalogue from a seed, and its cards as the content API writes them."""

import json
import uuid
from dataclasses import dataclass
from itertools import pairwise
from random import Random
from typing import Any

from wbsim.goods import BRANDS, COLOUR_CODES, COLOURS, COUNTRIES, KINDS, Kind
from wbsim.times import DAY_SECONDS, card_time

PHOTO_BASE = "http://photos.invalid"
"""Stands in a stored card for the address under which the client reached the simulator."""

_PHOTO_SHAPES = ("big", "c246x328", "c516x688", "square", "tm")
_TAGS = ({"id": 592569, "name": "Хит", "color": "D1CFD7"}, {"id": 592570, "name": "Новинка", "color": "FEE0E0"})


@dataclass(slots=True)
class Size:
    """One size of a card: `chrt_id` is WB's id of it, `income_id` the delivery its goods came with."""

    chrt_id: int
    tech_size: str
    wb_size: str
    barcode: str
    income_id: int


@dataclass(slots=True)
class Product:
    """One card; `price` is the full price in roubles, `discount` the seller's in percent."""

    nm_id: int
    imt_id: int
    kind: Kind
    vendor_code: str
    brand: str
    title: str
    colour: str
    price: int
    discount: int
    photos: int
    sizes: list[Size]
    card: dict[str, Any]
    updated_at: int
    """Microseconds since the epoch; unique within the shop."""

    def body(self) -> bytes:
        """The card as JSON, with photo addresses under PHOTO_BASE."""
        card = self.card | {
            "title": self.title,
            "brand": self.brand,
            "vendorCode": self.vendor_code,
            "photos": [_photo(self.nm_id, number) for number in range(1, self.photos + 1)],
            "updatedAt": card_time(self.updated_at),
        }
        if not self.photos:
            del card["photos"]
        return json.dumps(card, ensure_ascii=False).encode()


def stamp(seconds: float, rng: Random) -> int:
    """Microseconds for a card time; the digits always show five or six places, as WB's do."""
    return int(seconds) * 1_000_000 + rng.randrange(10_000) * 100 + rng.randrange(1, 10) * 10


def make_products(rng: Random, number: int, now: float) -> list[Product]:
    """`number` different cards, created within the last two years, in `updatedAt` order."""
    ids = rng.sample(range(150_000_000, 400_000_000), number)
    products = [_make_product(rng, index, nm_id, now) for index, nm_id in enumerate(ids)]
    products.sort(key=lambda product: product.updated_at)
    for earlier, later in pairwise(products):
        later.updated_at = max(later.updated_at, earlier.updated_at + 10)
    return products


def _make_product(rng: Random, index: int, nm_id: int, now: float) -> Product:
    kind = KINDS[index % len(KINDS)]
    colour = rng.randrange(len(COLOURS))
    created = now - rng.uniform(120, 700) * DAY_SECONDS
    imt_id = rng.randrange(100_000_000, 350_000_000)
    sizes = [_make_size(rng, index * 8 + place, *names) for place, names in enumerate(kind.sizes)]
    length, width, height = kind.dimensions_cm
    card: dict[str, Any] = {
        "nmID": nm_id,
        "imtID": imt_id,
        "nmUUID": str(uuid.UUID(int=rng.getrandbits(128), version=4)),
        "subjectID": kind.subject_id,
        "subjectName": kind.subject,
        "vendorCode": "",
        "brand": "",
        "title": "",
        "description": f"{kind.titles[0]}. Цвет: {COLOURS[colour]}. Аккуратная упаковка, подходит в подарок.",
        "needKiz": kind.category in {"Одежда", "Обувь"},
        "kizMarked": kind.category in {"Одежда", "Обувь"},
        "photos": [],
        "wholesale": {"enabled": True, "quantum": 10} if index % 10 == 9 else {"enabled": False},
        "dimensions": {"length": length, "width": width, "height": height,
                       "weightBrutto": kind.weight_kg, "isValid": True},
        "characteristics": [
            {"id": 14177449, "name": "Цвет", "value": [COLOURS[colour]]},
            {"id": 14177451, "name": "Страна производства", "value": [rng.choice(COUNTRIES)]},
            {"id": 88953, "name": "Вес товара с упаковкой", "value": kind.weight_kg},
        ],
        "sizes": [
            {"chrtID": size.chrt_id, "techSize": size.tech_size, "wbSize": size.wb_size, "skus": [size.barcode]}
            for size in sizes
        ],
        "tags": [rng.choice(_TAGS)] if rng.random() < 0.3 else [],
        "createdAt": card_time(stamp(created, rng)),
    }  # fmt: skip
    return Product(
        nm_id=nm_id,
        imt_id=imt_id,
        kind=kind,
        vendor_code=f"{kind.subject_id}-{COLOUR_CODES[colour]}-{index + 1:04d}",
        brand=rng.choice(BRANDS),
        title=f"{rng.choice(kind.titles)}, {COLOURS[colour]}",
        colour=COLOURS[colour],
        price=rng.randrange(*kind.price, 10),
        discount=rng.randrange(15, 61),
        photos=rng.randrange(1, 5),
        sizes=sizes,
        card=card,
        updated_at=stamp(created + rng.uniform(0, 100) * DAY_SECONDS, rng),
    )


def _make_size(rng: Random, place: int, tech_size: str, wb_size: str) -> Size:
    barcode = f"20{rng.randrange(10**11):011d}"
    chrt_id = 210_000_000 + place * 64 + rng.randrange(64)  # never twice within a shop
    return Size(chrt_id, tech_size, wb_size, barcode, rng.randrange(10_000_000, 30_000_000))


def _photo(nm_id: int, number: int) -> dict[str, str]:
    return {shape: f"{PHOTO_BASE}/photos/{nm_id}/{shape}/{number}.webp" for shape in _PHOTO_SHAPES}
