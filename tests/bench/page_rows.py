"""A page of orders as WB answers it: every field, about 50 MB for 80,000 rows."""

import json
import uuid
from datetime import datetime, timedelta
from random import Random
from typing import Any

FIRST = datetime(2026, 9, 1)  # noqa: DTZ001  # WB's statistics times carry no zone
REGIONS = ("Москва", "Московская обл.", "Татарстан", "Самарская обл.", "Краснодарский кр.")


def page(rows: int, *, changed: bool = False) -> bytes:
    """The JSON of that many orders; `changed`: the same orders, each cancelled an hour later."""
    rng = Random(1)
    return json.dumps(
        [_row(rng, place, changed) for place in range(rows)], ensure_ascii=False, separators=(",", ":")
    ).encode()


def _row(rng: Random, place: int, changed: bool) -> dict[str, Any]:
    ordered = FIRST + timedelta(seconds=place * 60)
    moved = ordered + timedelta(minutes=75 if changed else 15)
    discount, price = rng.randrange(10, 60), rng.randrange(500, 9000)
    seller_price = round(price * (100 - discount) / 100, 2)
    return {
        "date": ordered.isoformat(),
        "lastChangeDate": moved.isoformat(),
        "warehouseName": "Склад WB",
        "warehouseType": "Склад WB",
        "countryName": "Россия",
        "oblastOkrugName": "Центральный",
        "regionName": rng.choice(REGIONS),
        "supplierArticle": f"{rng.randrange(1000)}-blk-{rng.randrange(1000):04d}",
        "nmId": rng.randrange(150_000_000, 400_000_000),
        "barcode": f"20{rng.randrange(10**11):011d}",
        "category": "Одежда",
        "subject": "Платья",
        "brand": "Nord",
        "techSize": "46",
        "incomeID": rng.randrange(10**7),
        "isSupply": False,
        "isRealization": True,
        "totalPrice": price,
        "discountPercent": discount,
        "spp": rng.randrange(15, 29),
        "finishedPrice": round(seller_price * 0.8),
        "priceWithDisc": seller_price,
        "isCancel": changed,
        "cancelDate": moved.isoformat() if changed else "0001-01-01T00:00:00",
        "sticker": str(rng.randrange(10**10)),
        "gNumber": str(rng.randrange(10**19, 10**20)),
        "srid": f"{rng.randrange(1, 30)}.r{uuid.UUID(int=rng.getrandbits(128)).hex}.{rng.randrange(5)}.0",
    }
