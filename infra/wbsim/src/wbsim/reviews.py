"""Feedbacks that buyers leave, as the feedbacks API writes them."""

import string
from dataclasses import dataclass
from random import Random
from typing import Any

from wbsim.catalogue import PHOTO_BASE, Product
from wbsim.goods import REVIEWS
from wbsim.times import moscow_with_offset

_LETTERS = string.ascii_letters + string.digits


@dataclass(slots=True)
class Feedback:
    """One feedback; `processed` means answered, or a rating without text."""

    created_at: float
    nm_id: int
    processed: bool
    row: dict[str, Any]


def leave_feedback(
    rng: Random, product: Product, tech_size: str, bought_at: float, created_at: float, *, supplier: str
) -> Feedback:
    """A buyer's opinion of a bought product, sometimes answered by the seller already."""
    stars, text, pros, cons = rng.choice(REVIEWS)
    answered = bool(text) and rng.random() < 0.5
    row = {
        "id": "".join(rng.choices(_LETTERS, k=20)),
        "text": text,
        "pros": pros,
        "cons": cons,
        "productValuation": stars,
        "createdDate": moscow_with_offset(created_at),
        "answer": {"text": "Спасибо за отзыв!", "state": "wbRu", "editable": False} if answered else None,
        "state": "wbRu" if answered else "none",
        "productDetails": {
            "imtId": product.imt_id,
            "nmId": product.nm_id,
            "productName": product.title,
            "supplierArticle": product.vendor_code,
            "supplierName": supplier,
            "brandName": product.brand,
            "size": tech_size,
        },
        "video": None,
        "wasViewed": answered,
        "photoLinks": [_photo(product.nm_id)] if rng.random() < 0.2 else None,
        "userName": "Покупатель",
        "orderStatus": "returned" if stars == 1 else "buyout",
        "matchingSize": "ok" if len(product.sizes) > 1 else "",
        "isAbleSupplierFeedbackValuation": True,
        "supplierFeedbackValuation": 0,
        "isAbleSupplierProductValuation": True,
        "supplierProductValuation": 0,
        "isAbleReturnProductOrders": False,
        "returnProductOrdersDate": None,
        "bables": ["качество"] if stars == 5 else None,
        "lastOrderShkId": rng.randrange(10**9, 10**10),
        "lastOrderCreatedAt": moscow_with_offset(bought_at),
        "color": product.colour,
        "subjectId": product.kind.subject_id,
        "subjectName": product.kind.subject,
        "parentFeedbackId": None,
        "childFeedbackId": None,
    }
    return Feedback(created_at, product.nm_id, answered or not text, row)


def _photo(nm_id: int) -> dict[str, str]:
    return {
        "fullSize": f"{PHOTO_BASE}/photos/{nm_id}/big/1.webp",
        "miniSize": f"{PHOTO_BASE}/photos/{nm_id}/tm/1.webp",
    }
