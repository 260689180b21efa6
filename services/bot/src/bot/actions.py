"""What buttons do: one or two letters each, which no two share. Those of the notifier's messages are among them."""

from enum import StrEnum, unique


@unique
class Action(StrEnum):
    """The action of a button; what its body holds stands beside it."""

    # Under messages of the notifier.
    REPORT = "rp"  # order uuid
    ITEM_STOCK = "st"  # nm_id, 8 bytes
    MUTE_ITEM = "mu"  # nm_id, 8 bytes
    WHY = "wy"  # delivery uuid
    ANSWER_REVIEW = "rv"  # review id
    ALERT = "lc"  # alert uuid, and where in its list it stood

    # Everywhere.
    MENU = "m"
    NOTHING = "n"

    # What is told; a place is `bot.wanted.Place`, a value the first letter of its name.
    SETTINGS = "g"  # place
    SETTINGS_SHOPS = "gc"
    SETTINGS_FAMILY = "gf"  # place, family
    SETTINGS_KIND = "gk"  # place
    SETTINGS_TURN = "gt"  # place, 1 for on, back to: k(ind), f(amily)
    SETTINGS_TURN_ALSO = "go"  # place, back to
    SETTINGS_INHERIT = "gi"  # place
    SETTINGS_VALUE = "gv"  # place, value
    SETTINGS_SET = "gs"  # place, value, number of the preset
    SETTINGS_WRITE = "gw"  # place, value
    SETTINGS_ZONE = "gz"  # number of the preset
    SETTINGS_ZONE_WRITE = "gx"
    SETTINGS_LANGUAGE = "gl"  # ru, en
    MUTES = "u"
    MUTE = "ua"  # place
    MUTE_FOR = "ub"  # place, hours in 2 bytes
    MUTE_ITEM_FOR = "uf"  # nm_id, hours in 2 bytes
    UNMUTE = "un"  # cabinet and kind (`bot.wanted.thing`), nm_id

    # Where it is told.
    HERE = "h"  # cabinet uuid, zeros for all of them
    TARGETS = "t"
    TARGET = "tg"  # target uuid, as all that follow
    TARGET_EMAIL = "te"
    TARGET_CODE = "tc"
    TARGET_ANOTHER_CODE = "ta"
    TARGET_TEST = "tt"
    TARGET_REMOVE = "tr"

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

    SHOP_CHOICE = "e"  # an action of 2 letters, and where in its list it was

    # What is read; where in its list something stood (`bot.listing.Listing`) ends the body of each.
    ORDERS = "o"
    ORDERS_SEARCH = "os"
    ORDER = "oc"  # order uuid
    ITEMS = "i"
    ITEMS_SEARCH = "is"
    ITEM = "ic"  # nm_id
    STOCKS = "k"
    FORECAST = "kf"  # nm_id
    REPLENISH = "p"
    REPLENISH_FILE = "pf"
    ANALYTICS = "a"
    BUYOUT = "ab"
    ABC = "z"
    ABC_CLASS = "zc"
    DIGESTS = "d"
    DIGEST = "dc"  # cabinet uuid, kind, days since 2000
    ALERTS = "l"
    ALERT_SEEN = "la"  # alert uuid
    ALERT_SNOOZE = "lz"  # alert uuid, days
    ALERT_RESOLVE = "lr"  # alert uuid
    ALERT_UNMARK = "lu"  # alert uuid
    SYNCS = "y"
    SYNC_START = "ys"  # cabinet uuid
    SYNC_STATE = "yp"  # sync uuid

    # Reviews, questions and their answers.
    REVIEWS = "v"
    REVIEW = "vc"  # `handlers.reviews._Place`
    QUESTIONS = "q"
    QUESTION = "qc"  # likewise
    ANSWER = "va"  # `handlers.answering.subject_part`
    ANSWER_SEND = "vs"  # a remembered answer
    ANSWER_STATE = "vp"  # command uuid
