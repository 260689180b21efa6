"""Whom an Alertmanager tells: the file of routes, and what the environment adds to it."""

import pytest
import yaml
from local import alertmanager, compose_secrets
from local.environments import PROCESSES, service_environment
from local.errors import LocalError

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
