"""Whom an Alertmanager tells: the file of routes, and what the environment adds to it."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml
from contracts.topics import QUEUES
from local import alertmanager, compose_secrets, platform
from local.environments import PROCESSES, service_environment
from local.errors import LocalError
from local.instance import Instance
from local.kind import Binaries
from local.servers import Servers
from support.dashboards import rules

TELEGRAM = {"ALERT_TELEGRAM_CHAT_ID": "-100123", "TELEGRAM_BOT_TOKEN": "1:secret"}
WEBHOOK = {"ALERT_WEBHOOK_URL": "https://calls.example/pulse?key=1"}


def test_without_anybody_to_tell_it_is_the_committed_file_and_none_is_started() -> None:
    assert alertmanager.configuration({}) == alertmanager.BASE.read_text()
    assert not alertmanager.is_wanted({"TELEGRAM_BOT_TOKEN": "1:secret"})
    assert alertmanager.is_wanted(TELEGRAM)
    assert alertmanager.is_wanted(WEBHOOK)


def test_both_receivers_get_whom_the_environment_names_and_routes_stay() -> None:
    committed = yaml.safe_load(alertmanager.BASE.read_text())
    made = yaml.safe_load(alertmanager.configuration(TELEGRAM | WEBHOOK))
    assert {**made, "receivers": committed["receivers"]} == committed
    assert [each["name"] for each in made["receivers"]] == [each["name"] for each in committed["receivers"]]
    for receiver in made["receivers"]:
        [chat], [hook] = receiver["telegram_configs"], receiver["webhook_configs"]
        assert (chat["chat_id"], chat["bot_token"], chat["api_url"]) == (-100123, "1:secret", alertmanager.TELEGRAM)
        assert hook["url"] == WEBHOOK["ALERT_WEBHOOK_URL"]


def test_a_bot_and_a_server_of_their_own_count() -> None:
    own = TELEGRAM | {"ALERT_TELEGRAM_BOT_TOKEN": "2:own", "TELEGRAM_API_BASE_URL": "http://tgsim:8080"}
    [chat] = yaml.safe_load(alertmanager.configuration(own))["receivers"][0]["telegram_configs"]
    assert (chat["bot_token"], chat["api_url"]) == ("2:own", "http://tgsim:8080")


@pytest.mark.parametrize(
    ("settings", "said"),
    [
        ({**TELEGRAM, "ALERT_TELEGRAM_CHAT_ID": "@secret"}, "ALERT_TELEGRAM_CHAT_ID is not the number of a chat"),
        ({"ALERT_TELEGRAM_CHAT_ID": "1"}, "set ALERT_TELEGRAM_BOT_TOKEN"),
        ({"ALERT_WEBHOOK_URL": "calls.example/secret"}, "ALERT_WEBHOOK_URL is not an address"),
        ({"ALERT_WEBHOOK_URL": "https:///secret"}, "ALERT_WEBHOOK_URL is not an address"),
    ],
)
def test_what_is_no_chat_and_no_address_is_refused_without_its_value(settings: dict[str, str], said: str) -> None:
    with pytest.raises(LocalError, match=said) as refused:
        alertmanager.configuration(settings)
    assert "secret" not in str(refused.value)


def test_no_service_sees_whom_alerts_are_for() -> None:
    for service in PROCESSES:
        assert not service_environment(service, TELEGRAM | WEBHOOK, {}).keys() & set(alertmanager.SETTINGS)


def test_under_compose_it_is_a_file_of_secrets() -> None:
    assert compose_secrets._MADE["alertmanager_yml"](WEBHOOK) == alertmanager.configuration(WEBHOOK)


def test_on_this_machine_it_is_refused_before_anything_is_started(tmp_path: Path) -> None:
    servers = Servers("postgresql://", "redis://", "amqp://", Instance("nobody", tmp_path), {})
    with pytest.raises(LocalError, match="ALERT_WEBHOOK_URL is not an address"):
        platform.start(servers, env={"ALERT_WEBHOOK_URL": "calls.example"}, is_observed=True)
    assert list(tmp_path.iterdir()) == []


def test_an_unpacked_program_finds_its_templates_where_it_was_unpacked(tmp_path: Path) -> None:
    folder = tmp_path / "usr" / "bin"
    folder.mkdir(parents=True)
    program = folder / alertmanager.PACKAGE
    program.write_bytes(b"\x00a/usr/share/prometheus/alertmanager\x01b/usr/share/prometheus/alertmanager/ui/")
    length = program.stat().st_size
    for _ in range(2):
        assert alertmanager._with_templates(Binaries(folder, {})) == tmp_path
        code = program.read_bytes()
        assert (len(code), code.count(alertmanager.MOVED), code.count(alertmanager.TEMPLATES)) == (length, 2, 0)
    assert program.stat().st_mode & 0o777 == 0o755
    assert [path.name for path in folder.iterdir()] == [alertmanager.PACKAGE]


def test_one_that_is_installed_is_left_alone() -> None:
    assert alertmanager._with_templates(Binaries(Path("/usr/bin"), {})) == Path("/")


def inhibitions() -> Iterator[tuple[str, set[str], str]]:
    """What silences, what it silences, and all that is said of both."""
    for rule in yaml.safe_load(alertmanager.BASE.read_text())["inhibit_rules"]:
        said = [*rule["source_matchers"], *rule["target_matchers"]]
        if "equal" not in rule:
            source, target = (
                next(each for each in said if each.startswith("alertname"))
                for said in (rule["source_matchers"], rule["target_matchers"])
            )
            yield _value(source), set(_value(target).split("|")), " ".join(said)


def _value(matcher: str) -> str:
    return matcher.partition("=")[2].lstrip("~").strip('"')


def test_what_silences_and_what_is_silenced_are_alerts_that_there_are() -> None:
    known: dict[str, Any] = {rule["alert"]: rule for rule in rules() if "alert" in rule}
    named = {name for source, targets, _ in inhibitions() for name in (source, *targets)}
    assert named <= known.keys()
    assert len(named) > 10
    # It ends after what it silences, so that this is not told when all is well again.
    for name in ("ServiceIsDown", "ServerIsDown"):
        assert known[name]["keep_firing_for"] == "1m"


def test_of_a_service_that_is_down_its_own_queues_are_not_told_and_those_of_others_are() -> None:
    silenced = [said for source, targets, said in inhibitions() if "QueueHasNoConsumer" in targets]
    for service in {queue.name.partition(".")[0] for queue in QUEUES}:
        [said] = [each for each in silenced if f'job="{service}"' in each]
        assert f'queue=~"{service}[.].*"' in said
