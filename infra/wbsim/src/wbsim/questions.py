"""Questions that buyers ask about cards: new, answered, or rejected by the seller.

A rejected question is listed among the answered ones: where WB lists it is not documented.
"""

from datetime import UTC, datetime
from random import Random

from wbsim.catalogue import Product
from wbsim.messages import Message, make_id
from wbsim.orders import RowJson, serialise
from wbsim.times import DAY_SECONDS

NEW, ANSWERED, REJECTED = "suppliersPortalSynch", "wbRu", "none"
MOST_AT_START = 400
PAST_DAYS = 60
_TEXTS = (
    "Подскажите, маломерит или в размер?",
    "Когда будет поступление?",
    "Какая страна производства?",
    "Можно ли стирать в машине при 40 градусах?",
    "Есть ли гарантия и чек?",
    "Цвет в жизни такой же, как на фото?",
)
_ANSWERS = (
    "Здравствуйте! Модель соответствует размерной сетке.",
    "Здравствуйте! Поступление ожидаем в течение двух недель.",
    "Здравствуйте! Да, всё указано в характеристиках карточки.",
)


def make_questions(seed: int, products: list[Product], supplier: str, now: float) -> list[Message]:
    """The questions of the last PAST_DAYS, oldest first, most of them answered."""
    rng = Random(f"{seed} questions")
    number = min(MOST_AT_START, 2 * len(products))
    moments = sorted(now - rng.uniform(0, PAST_DAYS) * DAY_SECONDS for _ in range(number))
    questions = [ask(rng, rng.choice(products), supplier, moment) for moment in moments]
    for question in questions:
        if rng.random() < 0.7:
            reply(rng, question, min(now, question.created_at + rng.uniform(0.01, 3) * DAY_SECONDS))
    return questions


def ask(rng: Random, product: Product, supplier: str, at: float) -> Message:
    """A new question about a card."""
    row: RowJson = {
        "id": make_id(rng),
        "text": rng.choice(_TEXTS),
        "createdDate": answer_time(rng, at),
        "state": NEW,
        "answer": None,
        "productDetails": {
            "imtId": product.imt_id,
            "nmId": product.nm_id,
            "productName": product.title,
            "supplierArticle": product.vendor_code,
            "supplierName": supplier,
            "brandName": product.brand,
        },
        "wasViewed": False,
        "isWarned": rng.random() < 0.03,
    }
    return Message(row["id"], at, product.nm_id, False, serialise(row))


def reply(rng: Random, question: Message, at: float) -> None:
    """The seller answers it, or sometimes rejects it."""
    answer = {"text": rng.choice(_ANSWERS), "editable": rng.random() < 0.5, "createDate": answer_time(rng, at)}
    state = REJECTED if rng.random() < 0.1 else ANSWERED
    question.rewrite({"answer": answer, "state": state, "wasViewed": True}, processed=True)


def answer_time(rng: Random, seconds: float) -> str:
    """UTC with nine digits after the second."""
    moment = datetime.fromtimestamp(int(seconds), UTC).replace(tzinfo=None)
    return f"{moment.isoformat()}.{rng.randrange(10**9):09d}Z"
