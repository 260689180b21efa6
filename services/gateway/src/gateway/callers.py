"""For whom a request with an API key acts."""

from gateway.keys import Grant
from gateway.numbers import whole_number
from gateway.refusals import Refused
from gateway.telegram_ids import MAX_TELEGRAM_ID


def user_of(grant: Grant, named: str | None) -> int:
    """The Telegram user that a request acts for; `named` is what X-Telegram-User-Id says.

    Raises:
        Refused: it names nobody, nonsense, or somebody else than the key's user.
    """
    if named is None:
        if grant.telegram_id is None:
            raise Refused(400, "user_not_named", "This key acts for any user: name one in X-Telegram-User-Id.")
        return grant.telegram_id
    user = whole_number(named, MAX_TELEGRAM_ID)
    if not user:
        raise Refused(400, "user_malformed", "X-Telegram-User-Id is not a Telegram user id.")
    if grant.telegram_id not in (None, user):
        raise Refused(403, "user_refused", "This key acts for another user than X-Telegram-User-Id names.")
    return user


def user_or_none(grant: Grant, named: str | None) -> int | None:
    """Likewise; None where it is refused: so says the route, and why."""
    try:
        return user_of(grant, named)
    except Refused:
        return None
