import asyncio
import os
import signal
import socket
import sys
from collections.abc import AsyncIterator, Callable
from pathlib import Path

import httpx
import pytest
from tgsim.running import RunningTgsim, running_tgsim
from typer.testing import CliRunner

TOKEN = "123456:" + "a" * 35


@pytest.fixture
async def tgsim() -> AsyncIterator[RunningTgsim]:
    async with running_tgsim(tokens=(TOKEN,), limits=None) as running:
        yield running


@pytest.fixture
async def api(tgsim: RunningTgsim) -> AsyncIterator[httpx.AsyncClient]:
    async with httpx.AsyncClient(base_url=f"{tgsim.url}/bot{tgsim.token}") as client:
        yield client


class TestRunningTgsim:
    async def test_what_is_sent_is_in_the_inbox(self, tgsim: RunningTgsim, api: httpx.AsyncClient) -> None:
        waiting = asyncio.create_task(tgsim.wait_for_messages(2, timeout_seconds=5, chat_id=7))
        for chat_id in (7, 8, 7):
            await api.post("sendMessage", json={"chat_id": chat_id, "text": "Заказ"})
        assert [message["text"] for message in await waiting] == ["Заказ", "Заказ"]
        assert tgsim.stats()["accepted"] == 3
        with pytest.raises(TimeoutError):
            await tgsim.wait_for_messages(4, timeout_seconds=0.01)
        tgsim.clear()
        assert tgsim.messages() == []

    async def test_chats_and_webhooks_are_controlled_without_http(
        self, tgsim: RunningTgsim, api: httpx.AsyncClient
    ) -> None:
        tgsim.set_chat(7, "blocked")
        tgsim.answer_webhooks("crm", 500, times=1)
        assert (await api.post("sendMessage", json={"chat_id": 7, "text": "x"})).status_code == 403
        assert (await api.post(tgsim.webhook_url("crm"), content=b"{}")).status_code == 500
        assert [delivery["status"] for delivery in tgsim.webhooks(name="crm")] == [500]

    async def test_a_message_cut_after_acceptance_is_stored_but_unanswered(
        self, tgsim: RunningTgsim, api: httpx.AsyncClient
    ) -> None:
        tgsim.add_fault(kind="cut_after_accept", method="sendMessage")
        refused = await api.post("sendMessage", json={"chat_id": 7, "text": ""})
        assert refused.status_code == 400
        with pytest.raises(httpx.RemoteProtocolError):
            await api.post("sendMessage", json={"chat_id": 7, "text": "x"})
        assert [message["text"] for message in tgsim.messages()] == ["x"]
        assert (await api.post("sendMessage", json={"chat_id": 7, "text": "x"})).status_code == 200
        assert tgsim.stats()["faults"] == {"cut_after_accept": 1}

    async def test_a_call_that_times_out_is_not_accepted(self, tgsim: RunningTgsim, api: httpx.AsyncClient) -> None:
        tgsim.add_fault(kind="timeout", seconds=30)
        with pytest.raises(httpx.ReadTimeout):
            await api.post("sendMessage", json={"chat_id": 7, "text": "x"}, timeout=0.1)
        assert tgsim.messages() == []

    async def test_an_unanswered_call_ends_when_its_time_is_up(
        self, tgsim: RunningTgsim, api: httpx.AsyncClient
    ) -> None:
        tgsim.add_fault(kind="timeout", seconds=0.05)
        with pytest.raises(httpx.RemoteProtocolError):
            await api.post("sendMessage", json={"chat_id": 7, "text": "x"})
        assert tgsim.messages() == []

    async def test_it_listens_on_ipv6_too(self) -> None:
        async with running_tgsim(host="::1") as running, httpx.AsyncClient() as client:
            assert running.url.startswith("http://[::1]:")
            assert (await client.get(f"{running.url}/_sim/health")).status_code == 200


class TestCommand:
    async def test_it_says_where_it_listens_prints_messages_and_ends_on_sigterm(
        self, tmp_path: Path, png: Callable[..., bytes]
    ) -> None:
        picture = tmp_path / "card.png"
        picture.write_bytes(png())
        url = "https://basket.example/1.png"
        options = ["--port", "0", "--no-limits", "--print", "all", "--photo-url", f"{url}={picture}"]
        process = await asyncio.create_subprocess_exec(
            sys.executable, "-m", "tgsim", *options, stdout=asyncio.subprocess.PIPE, env={**os.environ}
        )
        try:
            assert process.stdout is not None
            async with asyncio.timeout(60):
                token = (await process.stdout.readline()).decode().removeprefix("tgsim token ").strip()
                line = (await process.stdout.readline()).decode()
                assert line.startswith("tgsim listening on http://127.0.0.1:")
                address = line.split()[-1]
                async with httpx.AsyncClient(base_url=f"{address}/bot{token}") as api:
                    body = {"chat_id": 7, "photo": url, "caption": "Новый заказ"}
                    assert (await api.post("sendPhoto", json=body)).status_code == 200
                process.send_signal(signal.SIGTERM)
                rest = (await process.stdout.read()).decode()
                assert await process.wait() == 0
        finally:
            if process.returncode is None:
                process.kill()
                await process.wait()
        assert "│ [photo]\n│ Новый заказ\n" in rest

    def test_a_taken_port_and_a_wrong_option_are_told_in_a_line(self) -> None:
        from tgsim.__main__ import cli

        with socket.create_server(("127.0.0.1", 0)) as taken:
            port = str(taken.getsockname()[1])
            result = CliRunner().invoke(cli, ["--port", port])
        assert result.exit_code == 2
        assert "tgsim cannot start:" in result.output
        assert CliRunner().invoke(cli, ["--token", "nope"]).exit_code == 2
        assert CliRunner().invoke(cli, ["--photo-url", "https://a.example/1.png=nowhere"]).exit_code == 2
