"""Where somebody is told beside his own chat: all places, and one of them."""

from collections.abc import Sequence

from pulse_client.models import ShownTarget
from servicekit.text import cut, name
from servicekit.translation import msgid

from bot.views.reader import Reader

SIGNS = {"telegram": "👥", "email": "✉️", "webpush": "🌐", "firebase": "📱"}
STATES = {
    "active": msgid("told"),
    "unconfirmed": msgid("waits for its code"),
    "ended": msgid("is no more: enter it anew"),
}
HINT_UNITS = 80
ERROR_UNITS = 200


def called(reader: Reader, target: ShownTarget, *, units: int = HINT_UNITS) -> str:
    """What a place is called; plain text."""
    sign = "⚠️" if target.state == "ended" or target.failing_since else SIGNS.get(target.channel, "•")
    topic = f" · {reader.text('topic {n}', n=target.topic_id)}" if target.topic_id else ""
    return cut(f"{sign} {' '.join((target.label or target.hint).split())}{topic}", units)


def listed(reader: Reader, targets: Sequence[ShownTarget], how: str) -> str:
    """All places; `how` says how there come to be more."""
    lines = [f"<b>{reader.text('📬 Where you are told')}</b>", f"• {reader.text('your own chat with me')}"]
    lines += [
        f"• {name(called(reader, each), HINT_UNITS)} · {reader.text(STATES.get(each.state, STATES['active']))}"
        for each in targets
    ]
    return "\n".join([*lines, "", how])


def card(reader: Reader, target: ShownTarget, shops: Sequence[str]) -> str:
    """One place; `shops` are those that are told of there, as HTML, none of them for all."""
    lines = [f"<b>{name(called(reader, target), HINT_UNITS)}</b>"]
    if target.state == "active":
        lines.append(reader.text("🔔 Told of: {shops}", shops=", ".join(shops) or reader.text("all your shops")))
    else:
        lines.append(reader.text(STATES.get(target.state, STATES["active"])))
    if target.state == "active" and target.failing_since is not None:
        lines.append(reader.text("⚠️ It takes nothing since {moment}", moment=reader.moment(target.failing_since)))
    said = target.ended_because if target.state == "ended" else target.last_error if target.failing_since else None
    if said:
        lines.append(f"<i>{name(said, ERROR_UNITS)}</i>")
    return "\n".join(lines)
