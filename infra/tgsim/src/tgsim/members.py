"""Telegram's ChatMember for each status."""

from typing import Any

STATUSES = ("creator", "administrator", "member", "left", "kicked")
_RIGHTS = (
    "can_be_edited", "is_anonymous", "can_manage_chat", "can_delete_messages", "can_manage_video_chats",
    "can_restrict_members", "can_promote_members", "can_change_info", "can_invite_users", "can_post_stories",
    "can_edit_stories", "can_delete_stories", "can_send_welcome_messages", "can_pin_messages", "can_manage_topics",
)  # fmt: skip
_NOT_GIVEN = frozenset({"can_be_edited", "is_anonymous", "can_promote_members"})


def member_object(user: dict[str, Any], status: str) -> dict[str, Any]:
    """ChatMember of a user (Telegram's User) with a status of STATUSES."""
    member: dict[str, Any] = {"user": user, "status": status}
    if status == "creator":
        return member | {"is_anonymous": False}
    if status == "administrator":
        return member | {right: right not in _NOT_GIVEN for right in _RIGHTS}
    return member | {"until_date": 0} if status == "kicked" else member
