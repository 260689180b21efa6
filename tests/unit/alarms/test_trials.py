"""Each alert is tried for real by `make alarms`."""

import pytest
from alarms.__main__ import EVERY, asked, main, remembered
from alarms.watching import shortened
from support.dashboards import rules


def test_every_alert_has_a_trial_and_trials_wait_for_no_other() -> None:
    assert {name for trial in EVERY for name in trial.alerts} == {rule["alert"] for rule in rules() if "alert" in rule}


def test_trials_can_be_told_apart() -> None:
    assert len({trial.name for trial in EVERY}) == len(EVERY)


class TestWhatIsAsked:
    def test_nothing_is_all_and_a_part_of_a_name_some(self) -> None:
        assert asked([]) == (list(EVERY), 1, 1)
        chosen, haste, patience = asked(["killed", "haste=8", "patience=2.5"])
        assert [trial.name for trial in chosen] == ["reporter killed", "gateway killed", "notifier killed"]
        assert (haste, patience) == (8, 2.5)

    @pytest.mark.parametrize(
        ("words", "named"),
        [(["nothing"], "nothing"), (["killed", "nothing"], "nothing"), (["hast=8"], "hast"), (["haste=soon"], "soon")],
    )
    def test_what_means_nothing_starts_nothing_and_ends_with_2(
        self, words: list[str], named: str, capsys: pytest.CaptureFixture[str]
    ) -> None:
        with pytest.raises(SystemExit) as ended:
            main(words)
        assert ended.value.code == 2
        assert named in capsys.readouterr().err

    def test_help_names_every_trial(self, capsys: pytest.CaptureFixture[str]) -> None:
        with pytest.raises(SystemExit) as ended:
            main(["--help"])
        assert ended.value.code == 0
        shown = capsys.readouterr().out
        assert all(trial.name in shown for trial in EVERY)


def test_spans_are_shorter_and_levels_stay() -> None:
    rule = "expr: increase(a[1d]) > 3600 and b offset 15m > 5\nfor: 2m\ninterval: 30s\nx: y[3d] z[1h]"
    assert shortened(rule, 60) == (
        "expr: increase(a[1440s]) > 3600 and b offset 15s > 5\nfor: 15s\ninterval: 5s\nx: y[4320s] z[60s]"
    )


def test_an_alert_that_remembers_is_waited_for_where_that_is_minutes() -> None:
    assert remembered(1, 1) >= {"SyncsFail", "DataIsOld", "MessagesAreLate", "HintsUnknown", "NightsFail"}
    assert remembered(60, 1) == {"HintsUnknown", "NightsFail"}
    assert remembered(480, 1) == set()
