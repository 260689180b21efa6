"""Rules and dashboards name metrics that there are, with labels that they have; every alert is in the runbook."""

import re
from pathlib import Path

import pytest
from local.workspace import find_root
from observability import files
from observability.__main__ import main
from observability.files import outdated
from observability.objectives import OBJECTIVES
from observability.promql import labels_in, metrics_in
from support.dashboards import Rule, dashboards, expressions, recorded, rules
from support.metrics import described

RUNBOOK = find_root(Path(__file__).parent) / "docs" / "runbook.md"

PROMETHEUS_OWN = {"up", "ALERTS"}
"""Series that it makes by itself."""
PROCESS = {"process_resident_memory_bytes", "process_cpu_seconds_total"}
OF_SERVERS = re.compile(r"(pg|redis|rabbitmq)_\w+")
"""Of their exporters: whether they are there a running installation is asked (tests/e2e)."""
OF_SCRAPES = {"job", "instance", "le"}


def alerts() -> list[Rule]:
    return [rule for rule in rules() if "alert" in rule]


def family_of(name: str) -> str:
    """The metric that a series is of."""
    table = described()
    plain = re.sub(r"_(bucket|count|sum)$", "", name)
    return plain if plain in table and table[plain].kind == "histogram" else name


def test_what_is_committed_is_what_is_written(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert outdated() == []
    monkeypatch.setattr(files, "FOLDER", tmp_path)
    assert len(outdated()) == len(files.written()) >= 9
    files.write()
    assert outdated() == []
    (tmp_path / "dashboards" / "forgotten.json").write_text("{}")
    assert [path.name for path in outdated()] == ["forgotten.json"]


def test_the_command_says_whether_it_is_and_how_it_is_called(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["check"]) == 0
    assert main([]) == 2
    monkeypatch.setattr(files, "FOLDER", tmp_path)
    assert main(["check"]) == 1
    assert "overview.json" in capsys.readouterr().err
    assert (main(["write"]), main(["check"])) == (0, 0)


def test_every_metric_that_is_named_is_one_of_a_service_or_recorded() -> None:
    known = {*described(), *PROMETHEUS_OWN, *PROCESS, *recorded()}
    unknown = {
        (where, name)
        for where, text in expressions()
        for name in metrics_in(text)
        if family_of(name) not in known and not OF_SERVERS.fullmatch(name)
    }
    assert unknown == set()


def test_every_metric_of_a_service_is_shown_somewhere() -> None:
    named = {family_of(name) for _, text in expressions() for name in metrics_in(text)}
    assert described().keys() - named == set()


def test_what_is_selected_by_a_label_has_it() -> None:
    table = described()
    wrong = {
        (where, name, label)
        for where, text in expressions()
        for name, label in labels_in(text)
        if family_of(name) in table and label not in {*table[family_of(name)].labels, *OF_SCRAPES}
    }
    assert wrong == set()


def test_a_histograms_bucket_that_is_asked_for_is_one_of_its_buckets() -> None:
    from gateway.request_durations import REQUEST_SECONDS
    from ingestor.metrics import WB_WAIT_SECONDS
    from notifier.metrics import TOLD_SECONDS

    limits = {
        "pulse_http_request_seconds": REQUEST_SECONDS,
        "pulse_told_seconds": TOLD_SECONDS,
        "pulse_wb_wait_seconds": WB_WAIT_SECONDS,
    }
    asked = {
        (family_of(name), float(limit.rpartition("|")[2]))
        for _, text in expressions()
        for name, limit in re.findall(r'(\w+_bucket)\{[^}]*le=~?"([^"]+)"', text)
    }
    assert {name for name, _ in asked} == limits.keys()
    for name, limit in asked:
        assert limit in limits[name]._upper_bounds, (name, limit)


def test_every_alert_has_its_section_in_the_runbook_and_names_it() -> None:
    sections = re.split(r"^## ", RUNBOOK.read_text(), flags=re.MULTILINE)[1:]
    names = [section.partition("\n")[0] for section in sections]
    assert len(names) == len(set(names))
    assert set(names) == {rule["alert"] for rule in alerts()}
    for section in sections:
        assert re.findall(r"^- \*\*(.+?)\.\*\* \S", section, re.MULTILINE) == ["Means", "Look at", "Do"], section
    for rule in alerts():
        assert rule["annotations"]["runbook"] == f"docs/runbook.md#{rule['alert'].lower()}"
        assert rule["annotations"]["summary"]
        assert rule["labels"]["severity"] in {"page", "ticket"}


def test_gauges_that_all_processes_share_are_not_added_up() -> None:
    shared = {each.name for each in described().values() if each.kind == "gauge"} - {"pulse_read_pool_in_use"}
    summed = re.compile(r"\bsum(?: by \([^)]*\))? \((\w+)")
    found = {(where, name) for where, text in expressions() for name in summed.findall(text) if name in shared}
    assert found == set()


def test_objectives_are_shares_and_have_names_of_their_own() -> None:
    assert len({each.name for each in OBJECTIVES}) == len({each.alert for each in OBJECTIVES}) == len(OBJECTIVES)
    assert all(0 < each.budget < 1 and "$window" in each.errors for each in OBJECTIVES)


def test_dashboards_can_be_told_apart_and_their_panels_lie_beside_one_another() -> None:
    shown = dashboards()
    assert len({each["uid"] for each in shown}) == len({each["title"] for each in shown}) == len(shown)
    for dashboard in shown:
        places: set[tuple[int, int]] = set()
        for panel in dashboard["panels"]:
            at = panel["gridPos"]
            assert at["x"] + at["w"] <= 24
            cells = {(x, at["y"]) for x in range(at["x"], at["x"] + at["w"])}
            assert not places & cells, (dashboard["title"], panel["title"])
            places |= cells
            assert panel["description"]


class TestWhatAnExpressionNames:
    def test_metrics_and_no_labels_functions_or_texts(self) -> None:
        text = (
            'histogram_quantile(0.9, sum by (le, queue) (rate(pulse_a_bucket{queue="pulse_b"}[5m] offset 1h)))'
            " / on (queue) group_left () max without (job) (pulse:c:ratio) > bool 3 and vector(1) unless up"
        )
        assert metrics_in(text) == {"pulse_a_bucket", "pulse:c:ratio", "up"}

    def test_labels_by_which_they_are_selected_or_added_up(self) -> None:
        text = 'sum by (queue) (rate(pulse_a{outcome="x",job!~"y"}[5m])) > max by (kind) (pulse_b)'
        assert labels_in(text) == {
            ("pulse_a", "outcome"),
            ("pulse_a", "job"),
            ("pulse_a", "queue"),
            ("pulse_b", "kind"),
        }
