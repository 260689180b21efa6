"""Settings come from the environment; nothing secret comes out again."""

import json
import logging
from collections.abc import Iterator

import pytest
import structlog
import structlog.testing
from opentelemetry import trace
from opentelemetry.sdk.trace import TracerProvider
from pydantic import ValidationError
from servicekit.logging import configure_logging
from servicekit.redaction import secrets_of
from servicekit.settings import CONSUMER_CONNECTIONS, PLATFORM_CONNECTIONS, ServiceSettings
from support import process_state

URLS = {
    "DATABASE_URL": "postgresql://role:hunter2-4Kq9vLx3Zt@h/db",
    "REDIS_URL": "redis://:hunter2-4Kq9vLx3Zt@h/0",
    "RABBITMQ_URL": "amqp://u:hunter2-4Kq9vLx3Zt@h/",
}


@pytest.fixture
def env(monkeypatch: pytest.MonkeyPatch) -> pytest.MonkeyPatch:
    for name in ServiceSettings.model_fields:
        monkeypatch.delenv(name.upper(), raising=False)
    for name, url in URLS.items():
        monkeypatch.setenv(name, url)
    return monkeypatch


class TestSettings:
    def test_are_read_from_the_environment(self, env: pytest.MonkeyPatch) -> None:
        env.setenv("PORT", "81")
        env.setenv("OTEL_EXPORTER_OTLP_ENDPOINT", "")
        settings = ServiceSettings()
        assert settings.database_url.get_secret_value() == URLS["DATABASE_URL"]
        assert (settings.port, settings.otel_exporter_otlp_endpoint, settings.log_level) == (81, None, "INFO")

    def test_do_not_show_what_is_secret(self, env: pytest.MonkeyPatch) -> None:
        settings = ServiceSettings()
        assert "hunter2" not in f"{settings!r}{settings}{settings.model_dump()}{settings.model_dump_json()}"

    @pytest.mark.parametrize(("name", "value"), [("PORT", "x"), ("LOG_LEVEL", "LOUD"), ("DB_POOL_SIZE", "0")])
    def test_a_wrong_one_is_named_and_no_secret_with_it(self, env: pytest.MonkeyPatch, name: str, value: str) -> None:
        env.setenv(name, value)
        with pytest.raises(ValidationError, match=name.lower()) as caught:
            ServiceSettings()
        assert "hunter2" not in str(caught.value)

    def test_a_missing_one_is_named_and_no_secret_with_it(self, env: pytest.MonkeyPatch) -> None:
        env.delenv("REDIS_URL")
        with pytest.raises(ValidationError, match="redis_url") as caught:
            ServiceSettings()
        assert "hunter2" not in str(caught.value)

    def test_wrong_ones_end_the_process_with_a_line_each(
        self, env: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
    ) -> None:
        assert ServiceSettings.from_environment().port == 8080
        env.delenv("REDIS_URL")
        env.setenv("PORT", "hunter2")
        with pytest.raises(SystemExit) as ended:
            ServiceSettings.from_environment()
        said = capsys.readouterr().err
        assert ended.value.code == 2
        assert "REDIS_URL: Field required" in said
        assert "PORT: " in said
        assert "hunter2" not in said


class Busy(ServiceSettings):
    """Settings of a service whose work uses four connections at a time."""

    @property
    def work_connections(self) -> int:
        return 4


class TestPool:
    def test_has_a_connection_for_everything_that_uses_one(self, env: pytest.MonkeyPatch) -> None:
        settings = Busy()
        assert settings.pool_size == PLATFORM_CONNECTIONS + 4 + CONSUMER_CONNECTIONS
        assert settings.consumer_connections == CONSUMER_CONNECTIONS

    def test_consumers_have_what_the_rest_leaves_of_a_given_size(self, env: pytest.MonkeyPatch) -> None:
        env.setenv("DB_POOL_SIZE", "9")
        assert (Busy().pool_size, Busy().consumer_connections) == (9, 2)

    def test_a_size_that_leaves_them_none_is_refused_with_what_is_needed(
        self, env: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
    ) -> None:
        env.setenv("DB_POOL_SIZE", "8")
        assert Busy.from_environment().pool_size == 8
        env.setenv("DB_POOL_SIZE", "7")
        with pytest.raises(SystemExit):
            Busy.from_environment()
        said = "DB_POOL_SIZE: 7 connections are too few for work that uses 8 at a time\n"
        assert capsys.readouterr().err == said


class TestLogging:
    @pytest.fixture(autouse=True)
    def _restored(self) -> Iterator[None]:
        """Nobody has configured logging, and the process's is as it was afterwards."""
        with process_state.kept():
            logging.getLogger().handlers = []
            yield

    def test_a_line_is_an_object_with_service_time_level_and_trace(self, capsys: pytest.CaptureFixture[str]) -> None:
        configure_logging("kit", "info")
        with TracerProvider().get_tracer("t").start_as_current_span("s") as span:
            structlog.get_logger("a").info("order.stored", order_id=7, secret=ServiceSettings.model_construct())
        entry = json.loads(capsys.readouterr().out)
        assert entry["service"] == "kit"
        assert (entry["event"], entry["order_id"], entry["level"]) == ("order.stored", 7, "info")
        assert entry["timestamp"].endswith("Z")
        assert entry["trace_id"] == trace.format_trace_id(span.get_span_context().trace_id)
        assert entry["span_id"] == trace.format_span_id(span.get_span_context().span_id)

    def test_outside_a_trace_there_is_no_trace_id(self, capsys: pytest.CaptureFixture[str]) -> None:
        configure_logging("kit")
        structlog.get_logger("b").info("x.done")
        assert "trace_id" not in json.loads(capsys.readouterr().out)

    def test_libraries_log_the_same_way_and_the_chatty_ones_only_warn(self, capsys: pytest.CaptureFixture[str]) -> None:
        configure_logging("kit", "DEBUG")
        logging.getLogger("some.library").info("hello %s", "there")
        logging.getLogger("httpx").info("HTTP Request: GET https://api.telegram.org/bot1:secret/getMe")
        (line,) = capsys.readouterr().out.splitlines()
        assert (json.loads(line)["event"], json.loads(line)["service"]) == ("hello there", "kit")

    def test_an_exception_is_in_its_line(self, capsys: pytest.CaptureFixture[str]) -> None:
        configure_logging("kit")
        structlog.get_logger("c").error("x.failed", exc_info=ValueError("why"))
        (line,) = capsys.readouterr().out.splitlines()
        assert "ValueError: why" in json.loads(line)["exception"]

    def test_planted_secrets_are_written_nowhere(
        self, env: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
    ) -> None:
        env.setenv("DATABASE_URL", "postgresql://role:pa%20ss%2Fw%C3%B6rd-4Kq9vLx3Zt@h/db")
        configure_logging("kit", secrets=secrets_of(ServiceSettings()))
        planted = (
            "hunter2-4Kq9vLx3Zt",
            "pa ss/wörd-4Kq9vLx3Zt",
            "123456789:AAF_abcdefghijklmnopqrstuvwxyz012345",
            "eyJhbGciOiJFUzI1NiJ9.eyJpZCI6IjAxOTMifQ.c2lnbmF0dXJl",
            "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw",
            "pulse_3Pp-ZZxyzabcdefghijkl_mnopqrstuvwx",
            "pulse_invite_3Pp-ZZxyzabcdefghijklmnopqrst",
        )
        log = structlog.get_logger("s")
        for secret in planted:
            log.info("x.done", reason=f"said {secret}.", error={"deep": [secret]})
            log.info(f"in the name {secret}")
            logging.getLogger("library").warning("%s was refused", secret)
            log.error("x.failed", exc_info=ValueError(f"cannot use {secret}"))
        log.info("x.done", authorization="short", wb_token="short", session_token="", tokens=3, key_id="short-id")
        log.info("x.done", error="amqp://other:short@host/ and Bearer abcdefgh.ijkl")
        log.info("x.done", error="-----BEGIN PRIVATE KEY-----\nshort\nMIIE\n-----END PRIVATE KEY----- after")
        said = capsys.readouterr().out
        for secret in planted:
            assert secret not in said
        lines = [json.loads(line) for line in said.splitlines()]
        assert lines[0]["reason"] == "said [redacted]."
        named, shaped, key = lines[-3:]
        assert (named["authorization"], named["wb_token"], named["session_token"]) == ("[redacted]", "[redacted]", "")
        assert (named["tokens"], named["key_id"]) == (3, "short-id")
        assert shaped["error"] == "amqp://[redacted]@host/ and Bearer [redacted]"
        assert key["error"] == "[redacted] after"

    def test_below_the_level_nothing_is_written(self, capsys: pytest.CaptureFixture[str]) -> None:
        configure_logging("kit", "WARNING")
        structlog.get_logger("d").info("x.done")
        assert capsys.readouterr().out == ""


log = structlog.get_logger()


def test_what_a_test_configures_the_loggers_of_modules_forget_with_it(capsys: pytest.CaptureFixture[str]) -> None:
    with process_state.kept():
        configure_logging("kit")
        log.info("x.first")
    with structlog.testing.capture_logs() as captured:
        log.info("x.second")
    assert "x.second" not in capsys.readouterr().out
    assert [entry["event"] for entry in captured] == ["x.second"]
