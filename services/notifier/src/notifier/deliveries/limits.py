"""How fast a channel may be used: so many messages a second in all, to one chat, and to one group.

A limit is one number, the moment until which what was sent is too much by the average (the generic cell rate
algorithm): each turn moves it one interval ahead, and a turn comes as soon as it is less than `tolerance` ahead.
Times are microseconds ahead of now, so that the clocks of processes and of Redis need not agree.
"""

from collections.abc import MutableMapping, Sequence
from dataclasses import dataclass

MICRO = 1_000_000

BURST_SECONDS = 0.25
"""What may go at once is what a quarter of a second allows, and always one."""

HORIZON = round(0.8 * MICRO)
"""A turn that comes sooner can be waited for. Who is told "off" is told nothing a second later."""

SLACK = round(0.05 * MICRO)
"""A chat whose turn comes so much later than that of all is waited for; any other one holds up nobody."""


@dataclass(frozen=True)
class Limit:
    """At most one message in `interval` on average, and as many at once as `tolerance` holds."""

    interval: int
    tolerance: int

    @classmethod
    def of(cls, per_second: float) -> "Limit":
        """So many a second."""
        interval = round(MICRO / per_second)
        return cls(interval, max(0, round(BURST_SECONDS * MICRO) - interval))

    def shared_by(self, processes: int) -> "Limit":
        """The part of one of so many processes that know nothing of one another."""
        return Limit(self.interval * processes, max(0, self.tolerance - self.interval * (processes - 1)))

    def wait(self, ahead: int) -> int:
        """How long until the next turn."""
        return max(0, ahead - self.tolerance)


@dataclass(frozen=True)
class Limits:
    """Those of a channel; a recipient is a chat, or `<chat>/<topic>`."""

    everyone: Limit
    chat: Limit
    group: Limit

    @classmethod
    def of(cls, *, per_second: float, per_chat_per_second: float, per_group_per_minute: float) -> "Limits":
        """A group has the limit of a chat as well."""
        group = Limit.of(min(per_group_per_minute / 60, per_chat_per_second))
        return cls(Limit.of(per_second), Limit.of(per_chat_per_second), group)

    def of_chat(self, chat: str) -> Limit:
        """That of one chat: the ids of groups are negative."""
        return self.group if chat.startswith("-") else self.chat

    def shared_by(self, processes: int) -> "Limits":
        """The parts of one of so many processes."""
        return Limits(*(limit.shared_by(processes) for limit in (self.everyone, self.chat, self.group)))


def chat_of(recipient: str) -> str:
    """The chat that a recipient is in: topics of a group share its limits."""
    return recipient.partition("/")[0]


@dataclass
class Aheads:
    """By how much each limit is ahead."""

    everyone: int
    chats: MutableMapping[str, int]


def take_turns(chats: Sequence[str], aheads: Aheads, limits: Limits) -> list[int | None]:
    """Take a turn for a message to each of `chats`, in their order; when it comes (None: not within the horizon).

    A chat whose own turn comes later than that of all takes none: it would be kept free for it. Turns that were taken
    are added to `aheads`. `TAKE_TURNS` does the same in Redis.
    """
    turns: list[int | None] = []
    for chat in chats:
        limit = limits.of_chat(chat)
        all_wait, chat_wait = limits.everyone.wait(aheads.everyone), limit.wait(aheads.chats[chat])
        if all_wait > HORIZON or chat_wait > all_wait + SLACK:
            turns.append(None)
            continue
        turn = max(all_wait, chat_wait)
        aheads.everyone = max(aheads.everyone, 0) + limits.everyone.interval
        aheads.chats[chat] = max(aheads.chats[chat], turn) + limit.interval
        turns.append(turn)
    return turns


# KEYS: of all, then of each chat. ARGV: horizon, slack, then of each key: interval, tolerance, by how much it is ahead
# as far as the process knows (Redis may have forgotten); then of each message the place of its chat among the keys.
# Keys end by themselves once they say nothing.
TAKE_TURNS = """
local time = redis.call('TIME')
local now = time[1] * 1000000 + time[2]
local horizon, slack = tonumber(ARGV[1]), tonumber(ARGV[2])
local interval, tolerance, ahead, changed = {}, {}, {}, {}
local stored = redis.call('MGET', unpack(KEYS))
for i = 1, #KEYS do
  interval[i], tolerance[i] = tonumber(ARGV[3 * i]), tonumber(ARGV[3 * i + 1])
  local kept, known = (tonumber(stored[i] or '') or now) - now, tonumber(ARGV[3 * i + 2])
  ahead[i], changed[i] = math.max(kept, known), known > kept
end
local answer = {}
for i = 3 * #KEYS + 3, #ARGV do
  local chat = tonumber(ARGV[i])
  local all_wait, chat_wait = math.max(0, ahead[1] - tolerance[1]), math.max(0, ahead[chat] - tolerance[chat])
  if all_wait > horizon or chat_wait > all_wait + slack then
    answer[#answer + 1] = -1
  else
    local turn = math.max(all_wait, chat_wait)
    ahead[1] = math.max(ahead[1], 0) + interval[1]
    ahead[chat] = math.max(ahead[chat], turn) + interval[chat]
    changed[1], changed[chat] = true, true
    answer[#answer + 1] = turn
  end
end
for i = 1, #KEYS do
  if changed[i] then
    redis.call('SET', KEYS[i], string.format('%.0f', now + ahead[i]), 'PX', math.ceil(ahead[i] / 1000) + 1)
  end
  answer[#answer + 1] = ahead[i]
end
return answer
"""
# KEYS: limits that were met. ARGV: by how much each is ahead now, if it is not by more.
HOLD = """
local time = redis.call('TIME')
local now = time[1] * 1000000 + time[2]
for i = 1, #KEYS do
  local until_free = now + tonumber(ARGV[i])
  if until_free > (tonumber(redis.call('GET', KEYS[i]) or '') or 0) then
    redis.call('SET', KEYS[i], string.format('%.0f', until_free), 'PX', math.ceil(tonumber(ARGV[i]) / 1000) + 1)
  end
end
"""


def take_arguments(chats: Sequence[str], aheads: Aheads, limits: Limits) -> tuple[Sequence[str], Sequence[int]]:
    """The chats whose keys follow that of all, and the arguments of `TAKE_TURNS`."""
    place = {chat: number for number, chat in enumerate(dict.fromkeys(chats), start=2)}
    arguments = [HORIZON, SLACK, limits.everyone.interval, limits.everyone.tolerance, aheads.everyone]
    for chat in place:
        limit = limits.of_chat(chat)
        arguments += (limit.interval, limit.tolerance, aheads.chats[chat])
    return tuple(place), [*arguments, *(place[chat] for chat in chats)]


def read_answer(answer: Sequence[int], chats: Sequence[str], keys: Sequence[str]) -> tuple[list[int | None], Aheads]:
    """What `TAKE_TURNS` says: the turn of each message, and how far ahead the limits are now."""
    turns = [None if turn < 0 else turn for turn in answer[: len(chats)]]
    everyone, *others = answer[len(chats) :]
    return turns, Aheads(everyone, dict(zip(keys, others, strict=True)))


def room(ahead: int, everyone: Limit) -> int:
    """How many turns of all come within the horizon."""
    return max(0, (HORIZON + everyone.tolerance - max(0, ahead)) // everyone.interval + 1)
