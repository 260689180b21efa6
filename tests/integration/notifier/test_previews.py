"""Invented messages that show what each kind looks like."""

import asyncio
import json
from typing import Any

import pytest
from notifier.__main__ import cli
from notifier.kinds import KINDS
from tgsim.running import RunningTgsim
from typer.testing import CliRunner


@pytest.fixture
def environment(monkeypatch: pytest.MonkeyPatch, tgsim: RunningTgsim) -> None:
    for name, value in {
        "DATABASE_URL": "postgresql://nobody@127.0.0.1:1/none",
        "REDIS_URL": "redis://127.0.0.1:1",
        "RABBITMQ_URL": "amqp://127.0.0.1:1",
        "ALLOW_WEAK_SECRETS": "1",
        "TELEGRAM_BOT_TOKEN": tgsim.token,
        "TELEGRAM_API_BASE_URL": tgsim.url,
    }.items():
        monkeypatch.setenv(name, value)


async def invoke(*words: str) -> Any:
    return await asyncio.to_thread(CliRunner().invoke, cli, ["preview", "--chat", "7", *words])


@pytest.mark.usefixtures("environment")
@pytest.mark.parametrize("language", ["ru", "en"])
async def test_telegram_takes_a_preview_of_every_kind(tgsim: RunningTgsim, language: str) -> None:
    result = await invoke("--language", language)
    assert result.exit_code == 0, result.output
    told = [json.loads(line) for line in result.stdout.splitlines()]
    assert {each["kind"] for each in told} == set(KINDS)
    assert all(each["refused"] is None for each in told)
    assert len(tgsim.messages()) == len(told)


@pytest.mark.usefixtures("environment")
async def test_a_refusal_is_named_and_ends_with_1_and_an_unknown_kind_with_2(tgsim: RunningTgsim) -> None:
    tgsim.set_chat(7, "blocked")
    refused = await invoke("--kind", "order_new")
    assert (refused.exit_code, json.loads(refused.stdout)["refused"]) == (1, "Forbidden: bot was blocked by the user")
    assert (await invoke("--kind", "nothing")).exit_code == 2
