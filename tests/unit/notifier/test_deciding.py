"""What a person is told, when, and as what: for any settings, zone and moment."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from itertools import pairwise
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo, available_timezones

import pytest
from contracts.message_kinds import KINDS
from contracts.notification_settings import (
    Mute,
    NotificationSettings,
    Quiet,
    SettingsRule,
    levels,
    resolved,
)
from hypothesis import assume, given
from hypothesis import strategies as st
from notifier.deciding import Asked, Decision, decide
from notifier.quiet_hours import end_of_quiet, is_quiet

HERE, THERE = UUID(int=1), UUID(int=2)
NOON = datetime(2027, 3, 10, 9, tzinfo=UTC)
NIGHT = datetime(2027, 3, 10, 22, tzinfo=UTC)
HOUR = timedelta(hours=1)
NIGHTS = Quiet(since="23:00", until="08:00")


def asked(*kinds: str, **fields: Any) -> Asked:
    return Asked(**{"kinds": kinds, "cabinet_id": HERE, "channel": "telegram", "created_at": NOON, **fields})


def settings(*rules: SettingsRule, mutes: tuple[Mute, ...] = (), zone: str = "Europe/Moscow") -> NotificationSettings:
    return NotificationSettings(rules=rules, mutes=mutes, zone=zone)


def told(wanted: NotificationSettings | None, *kinds: str, now: datetime = NOON, **fields: Any) -> tuple[str, str, str]:
    decision = decide(asked(*kinds, **fields), wanted, now)
    return decision.action, decision.kind, decision.reason


TIMES = st.builds("{:02}:{:02}".format, st.integers(0, 23), st.integers(0, 59))
QUIET = st.builds(Quiet, since=TIMES, until=TIMES)
ZONES = st.sampled_from(sorted(available_timezones()))
MOMENTS = st.integers(0, 90 * 365 * 86_400).map(lambda seconds: datetime.fromtimestamp(seconds, UTC))
KIND = st.sampled_from([*KINDS, "a_kind_of_tomorrow"])
CABINET = st.sampled_from([HERE, THERE])
ITEM = st.integers(1, 3)
RULE = st.builds(
    SettingsRule,
    cabinet_id=st.none() | CABINET,
    kind=st.none() | KIND,
    channel=st.none() | st.sampled_from(["telegram", "email"]),
    is_on=st.none() | st.booleans(),
    above=st.none() | st.decimals(0, 20_000, places=2),
    only_nm_ids=st.none() | st.lists(ITEM, max_size=2).map(tuple),
    quiet=st.none() | QUIET,
    group_after=st.none() | st.integers(0, 20),
    digest_at=st.none() | TIMES,
)
MUTE = st.builds(Mute, cabinet_id=st.none() | CABINET, kind=st.none() | KIND, nm_id=st.none() | ITEM, until=MOMENTS)
SETTINGS = st.builds(
    NotificationSettings,
    zone=ZONES | st.just("Mars/Olympus"),
    rules=st.lists(RULE, max_size=6, unique_by=lambda rule: rule.place).map(tuple),
    mutes=st.lists(MUTE, max_size=3).map(tuple),
)
ASKED = st.builds(
    Asked,
    kinds=st.lists(KIND, min_size=1, max_size=3).map(tuple),
    cabinet_id=CABINET,
    channel=st.sampled_from(["telegram", "email", "firebase"]),
    created_at=MOMENTS,
    nm_id=st.none() | ITEM,
    amount=st.none() | st.decimals(0, 30_000, places=2),
    currency=st.sampled_from([None, "RUB", "KZT"]),
    waiting=st.integers(0, 100),
    only_edits=st.booleans(),
)


def _by_minutes(quiet: Quiet, moment: datetime, zone: ZoneInfo) -> datetime:
    """The end of quiet as somebody finds it who looks at the clock every minute."""
    at = moment
    while is_quiet(quiet, at, zone):
        at = at.replace(second=0, microsecond=0) + timedelta(minutes=1)
    return at


class TestQuietHours:
    @given(QUIET, MOMENTS, ZONES)
    def test_they_end_at_the_first_minute_that_is_not_quiet(self, quiet: Quiet, moment: datetime, name: str) -> None:
        zone = ZoneInfo(name)
        offset = moment.astimezone(zone).utcoffset()
        assume(offset is not None and not offset.total_seconds() % 60)
        assert end_of_quiet(quiet, moment, zone) == _by_minutes(quiet, moment, zone)

    @given(QUIET, ZONES, st.integers(1990, 2036), st.integers(-1_500, 1_500))
    def test_also_around_the_changes_of_clocks(self, quiet: Quiet, name: str, year: int, minutes: int) -> None:
        zone = ZoneInfo(name)
        days = [datetime(year, 1, 1, tzinfo=UTC) + timedelta(days=day) for day in range(366)]
        changes = [
            before
            for before, after in pairwise(days)
            if before.astimezone(zone).utcoffset() != after.astimezone(zone).utcoffset()
        ]
        for change in changes:
            moment = change + timedelta(minutes=minutes)
            assert end_of_quiet(quiet, moment, zone) == _by_minutes(quiet, moment, zone)

    @pytest.mark.parametrize(
        ("quiet", "now", "until"),
        [
            # Berlin skips 02:00-03:00 on 28 March 2027 at 01:00 UTC, and has it twice on 31 October 2027.
            (("23:00", "02:30"), "2027-03-28T00:30", "2027-03-28T01:00"),
            (("23:00", "08:00"), "2027-03-28T00:30", "2027-03-28T06:00"),
            (("03:00", "02:00"), "2027-03-28T00:00", "2027-03-29T00:00"),
            (("03:00", "02:00"), "2027-03-28T01:00", "2027-03-29T00:00"),
            (("23:00", "02:30"), "2027-10-30T23:50", "2027-10-31T00:30"),
            (("23:00", "02:30"), "2027-10-31T01:10", "2027-10-31T01:30"),
            (("23:00", "08:00"), "2027-10-31T00:30", "2027-10-31T07:00"),
            (("12:00", "12:00"), "2027-10-31T00:30", "2027-10-31T00:30"),
        ],
    )
    def test_an_hour_that_is_skipped_and_an_hour_that_comes_twice(
        self, quiet: tuple[str, str], now: str, until: str
    ) -> None:
        wanted = settings(SettingsRule(quiet=Quiet(since=quiet[0], until=quiet[1])), zone="Europe/Berlin")
        moment = datetime.fromisoformat(now).replace(tzinfo=UTC)
        decision = decide(asked("order_new", created_at=moment), wanted, moment)
        expected = datetime.fromisoformat(until).replace(tzinfo=UTC)
        assert (decision.until or moment) == expected
        assert decision.action == ("send" if expected == moment else "defer")


class TestAlways:
    @given(ASKED, SETTINGS, MOMENTS)
    def test_a_deferral_ends_outside_quiet_hours_and_later_than_now(
        self, given_asked: Asked, wanted: NotificationSettings, now: datetime
    ) -> None:
        decision = decide(given_asked, wanted, now)
        assert decision.kind in given_asked.kinds
        assert (decision.until is not None) == (decision.action == "defer")
        if decision.until is not None:
            assert decision.until > now
            again = decide(given_asked, wanted, decision.until)
            # Meanwhile a mute can end, and it is told as another kind, which has its own quiet hours.
            assert again.action in ("send", "group") or again.kind != decision.kind

    @given(ASKED, SETTINGS, MOMENTS)
    def test_off_at_any_level_beats_the_default_and_the_most_special_rule_beats_the_others(
        self, given_asked: Asked, wanted: NotificationSettings, now: datetime
    ) -> None:
        kind = given_asked.kinds[-1]
        said = levels(wanted, given_asked.cabinet_id, kind, given_asked.channel, "is_on")
        places = [
            (rule.channel is not None, rule.kind is not None, rule.cabinet_id is not None, rule.is_on)
            for rule in wanted.rules
            if rule.is_on is not None
            and rule.channel in (None, given_asked.channel)
            and rule.kind in (None, kind)
            and rule.cabinet_id in (None, given_asked.cabinet_id)
        ]
        counts = resolved(wanted, given_asked.cabinet_id, kind, given_asked.channel).is_on
        assert counts == said[0]
        assert (counts.value, counts.level == "default") == (
            (max(places)[3], False) if places else (kind not in KINDS or KINDS[kind].is_on, True)
        )
        decision = decide(Asked(**{**_fields(given_asked), "kinds": (kind,)}), wanted, now)
        assert decision.action == "drop" or counts.value
        assert counts.value or decision == Decision("drop", kind, f"off:{counts.level}")

    @given(ASKED, SETTINGS, MOMENTS, RULE)
    def test_a_rule_about_something_else_changes_nothing(
        self, given_asked: Asked, wanted: NotificationSettings, now: datetime, rule: SettingsRule
    ) -> None:
        unrelated = [
            rule.model_copy(update={"cabinet_id": UUID(int=3)}),
            rule.model_copy(update={"kind": "another_kind"}),
            rule.model_copy(update={"channel": "webpush"}),
        ]
        more = NotificationSettings(zone=wanted.zone, rules=(*unrelated, *wanted.rules), mutes=wanted.mutes)
        assert decide(given_asked, more, now) == decide(given_asked, wanted, now)

    @given(ASKED, MOMENTS)
    def test_who_said_nothing_is_told_as_who_entered_nothing(self, given_asked: Asked, now: datetime) -> None:
        assert decide(given_asked, None, now) == decide(given_asked, NotificationSettings(), now)


def _fields(given_asked: Asked) -> dict[str, Any]:
    return {name: getattr(given_asked, name) for name in Asked.__slots__}


class TestWhatIsWanted:
    def test_each_value_comes_from_the_most_special_level_that_says_it(self) -> None:
        wanted = settings(
            SettingsRule(is_on=False, group_after=5),
            SettingsRule(cabinet_id=HERE, is_on=True),
            SettingsRule(kind="order_new", is_on=False),
            SettingsRule(kind="order_new", channel="telegram", is_on=True),
        )
        assert told(wanted, "order_new") == ("send", "order_new", "on:channel")
        assert told(wanted, "order_new", channel="email") == ("drop", "order_new", "off:kind")
        assert told(wanted, "order_cancelled") == ("send", "order_cancelled", "on:cabinet")
        assert told(wanted, "order_cancelled", cabinet_id=THERE) == ("drop", "order_cancelled", "off:user")
        assert told(wanted, "order_cancelled", waiting=5) == ("group", "order_cancelled", "burst")
        assert told(None, "spp_changed") == ("drop", "spp_changed", "off:default")
        said = levels(wanted, HERE, "order_new", "telegram", "is_on")
        assert [(each.value, each.level) for each in said] == [
            (True, "channel"), (False, "kind"), (True, "cabinet"), (False, "user"), (True, "default")
        ]  # fmt: skip

    def test_it_is_told_as_the_first_of_its_kinds_that_is_wanted(self) -> None:
        kinds = ("order_big", "order_first", "order_new")
        big: dict[str, Any] = {"amount": Decimal(10_000), "currency": "RUB"}
        small: dict[str, Any] = {"amount": Decimal(9_999), "currency": "RUB"}
        assert told(None, *kinds, **big) == ("send", "order_big", "on:default")
        assert told(None, *kinds, **small) == ("send", "order_first", "on:default")
        assert told(None, *kinds) == ("send", "order_first", "on:default")
        only_big = settings(SettingsRule(kind="order_first", is_on=False), SettingsRule(kind="order_new", is_on=False))
        assert told(only_big, *kinds, **big) == ("send", "order_big", "on:default")
        assert told(only_big, *kinds, **small) == ("drop", "order_new", "off:kind")
        assert told(only_big, "order_big") == ("drop", "order_big", "amount_unknown")

    def test_an_amount_of_another_currency_is_big_only_where_somebody_said_so(self) -> None:
        tenge: dict[str, Any] = {"amount": Decimal(50_000), "currency": "KZT"}
        assert told(None, "order_big", **tenge) == ("drop", "order_big", "no_threshold")
        entered = settings(SettingsRule(cabinet_id=HERE, kind="order_big", above=Decimal(40_000)))
        assert told(entered, "order_big", **tenge) == ("send", "order_big", "on:default")

    def test_a_threshold_leaves_out_what_is_known_to_be_below_it(self) -> None:
        wanted = settings(SettingsRule(kind="order_new", above=Decimal(3_000)))
        assert told(wanted, "order_new", amount=Decimal(2_999)) == ("drop", "order_new", "below:kind")
        assert told(wanted, "order_new", amount=Decimal(3_000))[0] == "send"
        assert told(wanted, "order_new")[0] == "send"

    def test_only_these_items_and_of_another_cabinet_all(self) -> None:
        wanted = settings(SettingsRule(only_nm_ids=(7,)), SettingsRule(cabinet_id=THERE, only_nm_ids=()))
        assert told(wanted, "order_new", nm_id=8) == ("drop", "order_new", "not_this_item")
        assert told(wanted, "order_new", nm_id=7)[0] == "send"
        assert told(wanted, "data_delayed")[0] == "send"
        assert told(wanted, "order_new", nm_id=8, cabinet_id=THERE)[0] == "send"


class TestMutes:
    @pytest.mark.parametrize(
        ("mute", "reason", "other"),
        [
            ({"nm_id": 7}, "muted:item", {"nm_id": 8}),
            ({"nm_id": 7, "cabinet_id": HERE}, "muted:item", {"cabinet_id": THERE}),
            ({"kind": "bad_review"}, "muted:kind", {"kinds": ("order_new",)}),
            ({"kind": "bad_review", "cabinet_id": HERE}, "muted:kind", {"cabinet_id": THERE}),
            ({"cabinet_id": HERE}, "muted:cabinet", {"cabinet_id": THERE}),
            ({}, "muted:all", {"only_edits": True}),
        ],
    )
    def test_a_mute_holds_back_what_it_names_until_its_end(
        self, mute: dict[str, Any], reason: str, other: dict[str, Any]
    ) -> None:
        wanted = settings(mutes=(Mute(**mute, until=NOON - HOUR), Mute(**mute, until=NOON + HOUR)))
        assert told(wanted, "bad_review", nm_id=7) == ("drop", "bad_review", reason)
        assert told(wanted, "bad_review", nm_id=7, now=NOON + HOUR)[0] == "send"
        assert decide(asked("bad_review", **{"nm_id": 7, **other}) if "kinds" not in other else asked(
            *other["kinds"], nm_id=7), wanted, NOON).action == "send"  # fmt: skip

    def test_what_is_critical_passes_mutes_but_for_an_items_and_not_an_off(self) -> None:
        passed = (Mute(kind="cabinet_suspended", until=NOON + HOUR), Mute(until=NOON + HOUR))
        assert told(settings(mutes=passed), "cabinet_suspended")[0] == "send"
        held = (Mute(nm_id=7, until=NOON + HOUR),)
        assert told(settings(mutes=held), "cabinet_suspended", nm_id=7)[2] == "muted:item"
        assert told(settings(SettingsRule(is_on=False)), "cabinet_suspended")[2] == "off:user"


class TestWhen:
    QUIET = settings(SettingsRule(quiet=NIGHTS))

    def test_what_is_critical_and_what_only_edits_does_not_wait_for_the_morning(self) -> None:
        assert decide(asked("order_new"), self.QUIET, NIGHT) == Decision(
            "defer", "order_new", "quiet", datetime(2027, 3, 11, 5, tzinfo=UTC)
        )
        assert told(self.QUIET, "cabinet_suspended", now=NIGHT, waiting=50)[0] == "send"
        assert told(self.QUIET, "order_new", now=NIGHT, waiting=50, only_edits=True)[0] == "send"

    def test_what_waited_at_night_is_told_together_in_the_morning(self) -> None:
        morning = datetime(2027, 3, 11, 5, tzinfo=UTC)
        assert told(self.QUIET, "order_new", now=morning, created_at=NIGHT, waiting=2)[::2] == ("group", "woken")
        assert told(self.QUIET, "order_new", now=morning, created_at=NIGHT, waiting=1)[0] == "send"
        assert told(self.QUIET, "order_new", now=morning, created_at=morning, waiting=2)[0] == "send"

    def test_many_at_once_are_told_together(self) -> None:
        assert told(None, "order_new", waiting=10)[::2] == ("group", "burst")
        assert told(None, "order_new", waiting=9)[0] == "send"
        assert told(settings(SettingsRule(group_after=0)), "order_new", waiting=100)[0] == "send"

    def test_a_digest_waits_for_its_hour_and_is_never_told_with_others(self) -> None:
        night = datetime(2027, 3, 9, 22, tzinfo=UTC)  # 01:00 in Moscow
        wanted = settings(SettingsRule(digest_at="09:30"), SettingsRule(kind="digest_week", quiet=NIGHTS))
        hour = datetime(2027, 3, 10, 6, 30, tzinfo=UTC)
        assert decide(asked("digest_day", created_at=night), wanted, night) == Decision(
            "defer", "digest_day", "digest_at", hour
        )
        assert told(wanted, "digest_day", created_at=night, now=hour, waiting=50)[0] == "send"
        late = hour + HOUR
        assert told(wanted, "digest_day", created_at=late, now=late)[0] == "send"
        early = settings(SettingsRule(digest_at="06:00", quiet=NIGHTS))
        assert decide(asked("digest_day", created_at=night), early, night) == Decision(
            "defer", "digest_day", "quiet", datetime(2027, 3, 10, 5, tzinfo=UTC)
        )


@pytest.mark.parametrize(
    "fields",
    [
        {"rules": ({"kind": "order_new"}, {"kind": "order_new", "is_on": True})},
        {"rules": tuple({"kind": f"k{i}", "only_nm_ids": tuple(range(1, 501))} for i in range(11))},
        {"rules": tuple({"kind": f"k{i}"} for i in range(201))},
        {"mutes": tuple({"nm_id": 1 + i, "until": NOON} for i in range(201))},
        {"rules": ({"quiet": {"since": "24:00", "until": "08:00"}},)},
        {"rules": ({"above": "-1"},)},
        {"rules": ({"group_after": 101},)},
        {"zone": ""},
        {"language": "de"},
    ],
)
def test_a_document_out_of_its_bounds_is_none(fields: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match="NotificationSettings"):
        NotificationSettings.model_validate(fields)
