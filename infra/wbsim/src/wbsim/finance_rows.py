"""The rows that one day's operations have in a finance report: what each order brought in, and what it cost.

Money is a string of the report's currency, as `POST /api/finance/v1/sales-reports/detailed` writes it. A purchase has a
row `Продажа` and one of logistics, a return a row `Возврат` and one of logistics, a refusal the logistics of both
ways. Amounts of returns are positive: `docTypeName` says that they count the other way. In every row of a purchase or
return retailAmount = forPay + acquiringFee + vw + vwNds.
"""

import zlib
from collections.abc import Iterator
from functools import lru_cache
from itertools import count
from random import Random

from wbsim.ledger import Day, Operation
from wbsim.orders import RowJson, is_b2b, order_uid, serialise
from wbsim.shop import Shop
from wbsim.times import moscow

ACQUIRING_PERCENT = 2.0
VAT = 1.2
FINE_SHARE, ACCEPTANCE_SHARE = 0.12, 0.08
"""How often a day has a fine, and an acceptance that is charged for."""
NO_DAY = "0001-01-01"

BLANK: RowJson = {
    "giId": 0, "dlvPrc": 0, "fixTariffDateFrom": NO_DAY, "fixTariffDateTo": NO_DAY, "subjectName": "", "nmId": 0,
    "brandName": "", "vendorCode": "", "title": "", "techSize": "", "sku": "", "docTypeName": "", "quantity": 0,
    "retailPrice": "0", "retailAmount": "0", "salePercent": 0, "commissionPercent": 0, "officeName": "",
    "sellerOperName": "", "orderDt": "", "saleDt": "", "rrDate": "", "shkId": 0, "retailPriceWithDisc": "0",
    "deliveryAmount": 0, "returnAmount": 0, "deliveryService": "0", "giBoxTypeName": "",
    "productDiscountForReport": 0, "sellerPromo": 0, "spp": 0, "kvwBase": 0, "kvw": 0, "supRatingUp": 0,
    "isKgvpV2": 0, "ppvzSalesCommission": "0", "forPay": "0", "ppvzReward": "0", "acquiringFee": "0",
    "acquiringPercent": 0, "paymentProcessing": "", "acquiringBank": "", "vw": "0", "vwNds": "0",
    "ppvzOfficeName": "", "ppvzOfficeId": 0, "ppvzSupplierName": "", "ppvzSupplierInn": "", "declarationNumber": "",
    "bonusTypeName": "", "stickerId": "", "country": "", "srvDbs": False, "penalty": "0", "additionalPayment": "0",
    "rebillLogisticCost": "0", "rebillLogisticOrg": "", "paidStorage": "0", "deduction": "0", "paidAcceptance": "0",
    "orderId": 0, "kiz": "", "isB2b": False, "trbxId": "", "installmentCofinancingAmount": "0",
    "wibesDiscountPercent": 0, "cashbackAmount": "0", "cashbackDiscount": "0", "cashbackCommissionChange": "0",
    "paymentSchedule": "0", "deliveryMethod": "", "sellerPromoId": 0, "sellerPromoDiscount": 0, "loyaltyId": 0,
    "loyaltyDiscount": 0, "uuidPromocode": "", "salePricePromocodeDiscountPrc": 0, "articleSubstitution": "",
    "salePriceAffiliatedDiscountPrc": 0, "agencyVat": 0, "salePriceWholesaleDiscountPrc": 0, "b2bCustomerTin": "",
    "paidWithSocialCertificate": False, "warehouseLogisticsCoeff": 0, "buyerTaxRegistrationReasonCode": "",
    "utdUcdNumber": "", "utdUcdDate": NO_DAY, "orderUid": "", "srid": "",
}  # fmt: skip
"""Every field of a row but those of its report and its `rrdId`, as they are where they say nothing."""


def day_rows(shop: Shop, day: Day) -> list[RowJson]:
    """The rows of a closed day with what they say, in ascending `rrdId`; what they leave out is as in BLANK."""
    numbers = count(day.first_rrd_id)
    date = moscow(day.midnight)[:10]
    rows = [row for operation in day.operations for row in _of_operation(shop, operation)]
    rows += _of_no_order(shop, day)
    return [{"rrdId": next(numbers), "rrDate": date} | row for row in rows]


def row_json(row: RowJson) -> bytes:
    """A row of `day_rows` with the fields it leaves out, as JSON without the outer braces."""
    return serialise(row)[1:-1] + b"," + _unsaid(frozenset(row))


def money(kopecks: int) -> str:
    """An amount as the reports write it: `367`, `376.99`, `-0.5`."""
    roubles, rest = divmod(abs(kopecks), 100)
    fraction = f".{rest:02d}".rstrip("0") if rest else ""
    return f"{'-' if kopecks < 0 else ''}{roubles}{fraction}"


@lru_cache
def _unsaid(said: frozenset[str]) -> bytes:
    return serialise({name: value for name, value in BLANK.items() if name not in said})[1:-1]


def _of_operation(shop: Shop, operation: Operation) -> Iterator[RowJson]:
    goods = _goods(shop, operation)
    if operation.sale is None:
        yield goods | _logistics(shop, operation, "К клиенту при отмене", "deliveryAmount")
        yield goods | _logistics(shop, operation, "От клиента при отмене", "returnAmount")
        return
    yield goods | _settlement(operation.sale.row)
    if operation.sale.sale_id.startswith("R"):
        yield goods | _logistics(shop, operation, "От клиента при возврате", "returnAmount")
    else:
        yield goods | _logistics(shop, operation, "К клиенту при продаже", "deliveryAmount")


def _goods(shop: Shop, operation: Operation) -> RowJson:
    row = operation.order.row
    return {
        "giId": row["incomeID"],
        "subjectName": row["subject"],
        "nmId": row["nmId"],
        "brandName": row["brand"],
        "vendorCode": row["supplierArticle"],
        "title": shop.products[operation.order.nm_id].title,
        "techSize": row["techSize"],
        "sku": row["barcode"],
        "officeName": row["warehouseName"],
        "orderDt": _day(operation.order.placed_at),
        "saleDt": _day(operation.at),
        "shkId": int(row["sticker"] or 0),
        "country": row["countryName"],
        "deliveryMethod": "FBS, (МГТ)" if row["warehouseType"] == "Склад продавца" else "FBW, (МГТ)",
        "orderId": shop.fbs.number_of(operation.order.srid),
        "isB2b": is_b2b(operation.order.srid),
        "orderUid": order_uid(row["gNumber"]),
        "srid": operation.order.srid,
    }


def _settlement(sale: RowJson) -> RowJson:
    """What the buyer paid for one unit, shared out between the seller, the bank and WB."""
    paid, for_pay = abs(round(sale["finishedPrice"] * 100)), abs(round(sale["forPay"] * 100))
    with_discount = abs(sale["priceWithDisc"])
    acquiring = round(paid * ACQUIRING_PERCENT / 100)
    reward = paid - for_pay - acquiring  # negative where WB's discount is greater than its commission
    without_vat = round(reward / VAT)
    commission = round(100 - for_pay / with_discount, 2) if with_discount else 0
    kind = "Возврат" if sale["saleID"].startswith("R") else "Продажа"
    return {
        "docTypeName": kind,
        "sellerOperName": kind,
        "quantity": 1,
        "retailPrice": money(abs(round(sale["totalPrice"] * 100))),
        "retailAmount": money(paid),
        "retailPriceWithDisc": money(round(with_discount * 100)),
        "salePercent": sale["discountPercent"],
        "productDiscountForReport": sale["discountPercent"],
        "spp": sale["spp"],
        "commissionPercent": commission,
        "kvwBase": round(commission / VAT, 2),
        "kvw": round(100 * without_vat / paid, 2) if paid else 0,
        "ppvzSalesCommission": money(without_vat),
        "forPay": money(for_pay),
        "acquiringFee": money(acquiring),
        "acquiringPercent": ACQUIRING_PERCENT,
        "paymentProcessing": "Комиссия за организацию платежа с НДС",
        "acquiringBank": "Вайлдберриз Банк",
        "vw": money(without_vat),
        "vwNds": money(reward - without_vat),
    }


def _logistics(shop: Shop, operation: Operation, way: str, counted: str) -> RowJson:
    length, width, height = shop.products[operation.order.nm_id].kind.dimensions_cm
    litres = max(1, length * width * height // 1000)
    kopecks = 4600 + 1400 * (litres - 1)
    if counted == "deliveryAmount":
        # Farther regions cost more; the same order always costs the same.
        kopecks = kopecks * (100 + zlib.crc32(operation.order.srid.encode()) % 60) // 100
    return {"sellerOperName": "Логистика", "bonusTypeName": way, counted: 1, "deliveryService": money(kopecks)}


def _of_no_order(shop: Shop, day: Day) -> Iterator[RowJson]:
    rng = Random(f"{shop.ledger.seed} finance of {day.midnight}")
    dated = {"orderDt": _day(day.midnight), "saleDt": _day(day.midnight)}
    storage = rng.randrange(400, 900) * len(shop.stocks)
    yield dated | {"sellerOperName": "Хранение", "paidStorage": money(storage)}
    if rng.random() < ACCEPTANCE_SHARE:
        yield dated | {"sellerOperName": "Обработка товара", "paidAcceptance": money(rng.randrange(10_000, 90_000))}
    if rng.random() < FINE_SHARE:
        fine = {
            "sellerOperName": "Штраф",
            "bonusTypeName": "Штраф. Расхождение габаритов товара",
            "penalty": money(rng.randrange(5_000, 150_000)),
        }
        guilty = _goods(shop, rng.choice(day.operations)) if day.operations else dated
        yield guilty | fine


def _day(seconds: float) -> str:
    return f"{moscow(seconds)[:10]}T00:00:00Z"
