"""Feedbacks that buyers leave, as the feedbacks API writes them.

One is processed when it is answered, and from the start where it is only a rating, without text and photo.
"""

from random import Random

from wbsim.catalogue import PHOTO_BASE, Product
from wbsim.goods import REVIEWS
from wbsim.messages import Message, make_id
from wbsim.orders import RowJson, serialise
from wbsim.shop import Shop
from wbsim.times import DAY_SECONDS, moscow_with_offset

ARCHIVED_AFTER_SECONDS = 30 * DAY_SECONDS
"""When a feedback goes to the archive that nobody has answered."""
ANSWER_SHARE = 0.6
_ANSWERS = ("Спасибо за отзыв!", "Благодарим за оценку, ждём вас снова", "Жаль, что не подошло. Напишите нам в чат")


def leave_feedback(
    rng: Random, product: Product, tech_size: str, bought_at: float, created_at: float, *, supplier: str
) -> Message:
    """A buyer's opinion of a bought product, sometimes answered by the seller already."""
    stars, text, pros, cons = rng.choice(REVIEWS)
    answered = bool(text) and rng.random() < 0.5
    row: RowJson = {
        "id": make_id(rng),
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
    processed = answered or not (text or row["photoLinks"])
    return Message(row["id"], created_at, product.nm_id, processed, serialise(row))


def in_archive(feedback: Message, now: float) -> bool:
    """Whether it is listed in the archive: processed, or left without an answer for 30 days."""
    return feedback.processed or feedback.created_at + ARCHIVED_AFTER_SECONDS <= now


def truth(shop: Shop, now: float) -> list[RowJson]:
    """Every feedback, answered or not."""
    shop.answers.settle(now)
    return [feedback.row for feedback in shop.feedbacks]


def step(shop: Shop, rng: Random, at: float) -> None:
    """The seller answers one of the newest unprocessed feedbacks, or a buyer leaves another."""
    waiting = [feedback for feedback in shop.feedbacks[-200:] if not feedback.processed]
    if waiting and rng.random() < ANSWER_SHARE:
        answer = {"text": rng.choice(_ANSWERS), "state": "wbRu", "editable": True}
        rng.choice(waiting).rewrite({"answer": answer, "state": "wbRu", "wasViewed": True}, processed=True)
        return
    product = rng.choice(shop.listed())
    size = rng.choice(product.sizes)
    bought_at = at - rng.uniform(1, 20) * DAY_SECONDS
    shop.feedbacks.append(leave_feedback(rng, product, size.tech_size, bought_at, at, supplier=shop.name))


def _photo(nm_id: int) -> dict[str, str]:
    return {
        "fullSize": f"{PHOTO_BASE}/photos/{nm_id}/big/1.webp",
        "miniSize": f"{PHOTO_BASE}/photos/{nm_id}/tm/1.webp",
    }
