"""A member of a cabinet switched kinds of messages off, as it was told before there were settings.

Nothing publishes it any more: what is on its way when settings come in is heard, and what is published again.
"""

from contracts.envelope import Event
from contracts.notification_settings import MOST, SettingsRule
from contracts.preferences import PreferencesEnteredV1
from sqlalchemy.ext.asyncio import AsyncConnection

from notifier import notification_settings


async def preferences_entered(connection: AsyncConnection, event: Event[PreferencesEnteredV1]) -> None:
    """The kinds are off in that cabinet, and no others, unless the user has entered settings."""
    user = event.data.telegram_id
    settings = await notification_settings.carried_over(connection, user)
    if settings is None:
        return
    others = [rule for rule in settings.rules if rule.cabinet_id != event.cabinetid]
    off = [SettingsRule(cabinet_id=event.cabinetid, kind=kind, is_on=False) for kind in sorted(set(event.data.off))]
    rules = tuple((others + off)[:MOST])
    await notification_settings.carry_over(connection, user, settings.having(rules=rules, mutes=settings.mutes))
