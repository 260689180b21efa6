"""What buttons do: one or two letters each, which no two share. Those of the notifier's messages are among them."""

from enum import StrEnum


class Action(StrEnum):
    """The action of a button; what its body holds stands beside it."""

    # Under messages of the notifier.
    REPORT = "rp"  # order uuid
    ITEM_STOCK = "st"  # nm_id, 8 bytes
    MUTE_ITEM = "mu"  # nm_id, 8 bytes
    WHY = "wy"  # delivery uuid
    ANSWER_REVIEW = "rv"  # review id

    # Everywhere.
    MENU = "m"
    NOTHING = "n"

    # Cabinets.
    CABINETS = "c"
    CABINET = "cb"  # cabinet uuid
    CONNECT = "cn"
    RENAME = "cr"  # cabinet uuid
    REPLACE_TOKEN = "ct"  # noqa: S105  # cabinet uuid
    DISCONNECT = "cd"  # cabinet uuid
    DISCONNECT_SURE = "cx"  # cabinet uuid

    # Members.
    MEMBERS = "b"  # cabinet uuid
    MEMBER = "bm"  # cabinet uuid, telegram id
    MEMBER_ROLE = "br"  # cabinet uuid, telegram id, role
    MEMBER_REMOVE = "bx"  # cabinet uuid, telegram id
    MEMBER_REMOVE_SURE = "by"  # cabinet uuid, telegram id
    INVITE = "bi"  # cabinet uuid
    INVITE_AS = "bj"  # cabinet uuid, role
    INVITATIONS = "bl"  # cabinet uuid
    INVITATION_REVOKE = "bk"  # cabinet uuid, invitation's first 8 bytes
    LEAVE = "bq"  # cabinet uuid
    LEAVE_SURE = "bw"  # cabinet uuid
