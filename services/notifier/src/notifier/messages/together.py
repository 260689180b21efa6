"""Many deliveries in one message: how many of each kind, what they come to, and of which time."""

from collections import Counter, defaultdict
from decimal import Decimal

from contracts.message_kinds import KINDS
from servicekit.text import moment, money, name, number

from notifier.deliveries.model import Delivery
from notifier.messages.message import Message
from notifier.messages.notice import SHOP_UNITS

SHOPS = 5


def together_message(delivery: Delivery) -> Message:
    """What a delivery and all that goes with it say; critical ones are never among them."""
    told = (delivery, *delivery.merged)
    counts = Counter(each.kind for each in told)
    sums: dict[tuple[str, str], Decimal] = defaultdict(Decimal)
    for each in told:
        if each.amount is not None and each.currency is not None:
            sums[each.kind, each.currency] += each.amount
    lines = []
    for kind, count in counts.most_common():
        amounts = [money(total, currency) for (a_kind, currency), total in sorted(sums.items()) if a_kind == kind]
        lines.append(" · ".join([f"{KINDS[kind].ru}: {number(count)}", *amounts]))
    shops = list(dict.fromkeys(filter(None, (name(each.shop_name, SHOP_UNITS) for each in told))))
    more = [f"… ещё {len(shops) - SHOPS}"] if len(shops) > SHOPS else []
    since, until = min(each.created_at for each in told), max(each.created_at for each in told)
    head = [f"🔔 <b>Сразу много новостей: {number(len(told))}</b>", *(f"🏬 {shop}" for shop in shops[:SHOPS]), *more]
    return Message("\n".join([*head, "", *lines, "", f"🕒 {moment(since)} – {moment(until)} МСК"]))
