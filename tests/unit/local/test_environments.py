"""What a service may see."""

import pytest
from local.environments import (
    PROCESSES,
    SERVICES,
    database_url,
    role_url,
    service_environment,
    tool_environment,
    user_url,
)

CALLER = {
    "PATH": "/bin",
    "LOG_LEVEL": "DEBUG",
    "OTEL_EXPORTER_OTLP_ENDPOINT": "http://127.0.0.1:4318",
    "DATABASE_URL": "postgresql://admin",
    "ADMIN_DATABASE_URL": "postgresql://admin",
    "REPORTER_DATABASE_URL": "postgresql://reporter",
    "RABBITMQ_URL": "amqp://other",
    "NOTIFIER_RABBITMQ_URL": "amqp://notifier",
    "SEAL_PRIVATE_KEYS": "old",
    "TELEGRAM_BOT_TOKEN": "bot",
    "TELEGRAM_API_BASE_URL": "http://telegram",
    "BOT_WEBHOOK_SECRET": "secret",
    "GATEWAY_API_KEY": "pulse_key",
    "GATEWAY_URL": "http://another",
    "ACCESS_TOKEN_SECRETS": "secret",
    "WB_API_BASE_URL": "http://wb",
    "SYNC_INTERVAL": "1",
    "PORT": "1",
}


class TestServiceEnvironment:
    @pytest.mark.parametrize("service", SERVICES)
    def test_a_service_sees_its_own_database_and_no_other(self, service: str) -> None:
        env = service_environment(service, CALLER, {"DATABASE_URL": f"postgresql://{service}"})
        assert {value for value in env.values() if value.startswith("postgresql")} == {f"postgresql://{service}"}

    def test_tokens_and_settings_go_to_their_service_only(self) -> None:
        seen = {service: service_environment(service, CALLER, {}) for service in PROCESSES}
        assert [service for service in PROCESSES if "TELEGRAM_BOT_TOKEN" in seen[service]] == [
            "gateway",
            "notifier",
            "bot",
        ]
        assert [service for service in PROCESSES if "TELEGRAM_API_BASE_URL" in seen[service]] == ["notifier", "bot"]
        assert [service for service in PROCESSES if "ACCESS_TOKEN_SECRETS" in seen[service]] == ["gateway"]
        assert [service for service in PROCESSES if "WB_API_BASE_URL" in seen[service]] == ["ingestor"]
        assert [service for service in PROCESSES if "SYNC_INTERVAL" in seen[service]] == ["ingestor"]
        assert [service for service in PROCESSES if "BOT_WEBHOOK_SECRET" in seen[service]] == ["bot"]
        assert [service for service in PROCESSES if "GATEWAY_API_KEY" in seen[service]] == ["bot"]
        assert not any("GATEWAY_URL" in env for env in seen.values())
        assert not any("SEAL_PRIVATE_KEYS" in env for env in seen.values())

    def test_the_rest_is_passed_on(self) -> None:
        env = service_environment("reporter", CALLER, {"PORT": "8080"})
        passed = {"PATH": "/bin", "LOG_LEVEL": "DEBUG", "OTEL_EXPORTER_OTLP_ENDPOINT": "http://127.0.0.1:4318"}
        assert env == {**passed, "PORT": "8080"}

    def test_a_preparing_command_sees_what_it_is_given(self) -> None:
        env = tool_environment(CALLER, {"RABBITMQ_URL": "amqp://own"})
        assert env["RABBITMQ_URL"] == "amqp://own"
        assert not {"TELEGRAM_BOT_TOKEN", "WB_API_BASE_URL", "DATABASE_URL"} & env.keys()


class TestUrls:
    def test_a_role_keeps_the_server_and_the_options_of_the_admin(self) -> None:
        url = role_url("postgresql://admin:p%40ss@db:5433/postgres?sslmode=require", "pulse", "gateway", "secret")
        assert url == "postgresql://pulse_gateway:secret@db:5433/pulse?sslmode=require"

    def test_another_user_of_a_broker_keeps_the_vhost(self) -> None:
        url = user_url("amqps://admin:secret@broker:5671/our%20own", "pulse_gateway", "a/b@c")
        assert url == "amqps://pulse_gateway:a%2Fb%40c@broker:5671/our%20own"

    def test_the_admin_goes_to_another_database(self) -> None:
        assert database_url("postgresql://a:b@db/postgres", "pulse") == "postgresql://a:b@db/pulse"
