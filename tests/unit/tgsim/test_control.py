import base64
from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import httpx
import pytest

Start = Callable[..., httpx.AsyncClient]
SIM = "http://tgsim/_sim"


async def send(api: httpx.AsyncClient, chat_id: int = 7, text: str = "x") -> httpx.Response:
    return await api.post("sendMessage", json={"chat_id": chat_id, "text": text})


class TestAccess:
    async def test_the_control_api_answers_to_loopback_only(self, start: Start) -> None:
        api = start(client_host="10.0.0.9")
        assert (await api.get(f"{SIM}/messages")).status_code == 403
        assert (await api.post(f"{SIM}/webhooks/crm", content=b"{}")).status_code == 204
        assert (await send(api)).status_code == 200

    async def test_unless_it_was_opened(self, start: Start) -> None:
        api = start(client_host="10.0.0.9", control_from_anywhere=True)
        assert (await api.get(f"{SIM}/health")).json() == {"ok": True}


class TestMessages:
    async def test_they_are_listed_by_seq_and_chat(self, api: httpx.AsyncClient) -> None:
        for chat_id in (7, 8, 7):
            await send(api, chat_id)
        found = (await api.get(f"{SIM}/messages?since=1&chat_id=7")).json()["messages"]
        assert [(message["seq"], message["chat_id"]) for message in found] == [(3, 7)]

    async def test_cleared_ones_are_gone_and_numbers_go_on(self, api: httpx.AsyncClient) -> None:
        await send(api)
        assert (await api.delete(f"{SIM}/messages")).status_code == 204
        await send(api)
        assert [m["seq"] for m in (await api.get(f"{SIM}/messages")).json()["messages"]] == [2]

    async def test_the_oldest_are_forgotten_beyond_the_limit(self, start: Start) -> None:
        api = start(keep_messages=2)
        for text in "abc":
            await send(api, text=text)
        assert [m["text"] for m in (await api.get(f"{SIM}/messages")).json()["messages"]] == ["b", "c"]
        edit = await api.post("editMessageText", json={"chat_id": 7, "message_id": 1, "text": "z"})
        assert edit.json()["description"] == "Bad Request: message to edit not found"

    async def test_a_query_that_is_no_number_is_refused(self, api: httpx.AsyncClient) -> None:
        assert (await api.get(f"{SIM}/messages?since=x")).status_code == 400

    async def test_received_at_is_the_wall_clock(self, start: Start) -> None:
        api = start(wall_clock=lambda: 1700000000.25)
        sent = (await send(api)).json()["result"]
        assert sent["date"] == 1700000000
        (stored,) = (await api.get(f"{SIM}/messages")).json()["messages"]
        assert stored["received_at"] == 1700000000.25


class TestChats:
    @pytest.mark.parametrize(
        ("chat_id", "state", "code", "description"),
        [
            (7, "blocked", 403, "Forbidden: bot was blocked by the user"),
            (-7, "blocked", 403, "Forbidden: bot was kicked from the group chat"),
            (7, "unknown", 400, "Bad Request: chat not found"),
        ],
    )
    async def test_a_chat_can_be_closed_and_opened_again(
        self, api: httpx.AsyncClient, chat_id: int, state: str, code: int, description: str
    ) -> None:
        await api.post(f"{SIM}/chats/{chat_id}", json={"state": state})
        assert (await send(api, chat_id)).json() == {"ok": False, "error_code": code, "description": description}
        await api.post(f"{SIM}/chats/{chat_id}", json={"state": "ok"})
        assert (await send(api, chat_id)).status_code == 200

    @pytest.mark.parametrize("body", [{"state": "gone"}, {}, []])
    async def test_an_unknown_state_is_refused(self, api: httpx.AsyncClient, body: Any) -> None:
        assert (await api.post(f"{SIM}/chats/7", json=body)).status_code == 400


class TestFaults:
    async def test_a_status_is_answered_so_many_times_to_what_matches(self, api: httpx.AsyncClient) -> None:
        order = {"kind": "status", "status": 502, "method": "SENDMESSAGE", "chat_id": 7, "times": 2}
        await api.post(f"{SIM}/faults", json=order)
        answers = [(await send(api, chat_id)).status_code for chat_id in (7, 8, 7, 7)]
        assert answers == [502, 200, 502, 200]
        stats = (await api.get(f"{SIM}/stats")).json()
        assert stats["faults"] == {"status": 2}
        assert stats["accepted_by_method"] == {"sendMessage": 2}
        assert (await api.get(f"{SIM}/faults")).json() == {"faults": []}

    async def test_a_described_status_says_so(self, api: httpx.AsyncClient) -> None:
        order = {"kind": "status", "status": 403, "description": "Forbidden: user is deactivated"}
        await api.post(f"{SIM}/faults", json=order)
        assert (await send(api)).json()["description"] == "Forbidden: user is deactivated"
        assert (await send(api)).status_code == 200

    async def test_an_ordered_429_counts_who_does_not_wait(
        self, api: httpx.AsyncClient, clock: SimpleNamespace
    ) -> None:
        await api.post(f"{SIM}/faults", json={"kind": "status", "status": 429, "retry_after": 5})
        assert (await send(api)).json()["parameters"] == {"retry_after": 5}
        clock.now += 4
        assert (await send(api)).json()["parameters"] == {"retry_after": 1}
        clock.now += 1
        assert (await send(api)).status_code == 200
        assert (await api.get(f"{SIM}/stats")).json()["early_sends"] == 1

    async def test_a_refusal_by_name_meets_only_calls_that_have_what_it_is_about(self, api: httpx.AsyncClient) -> None:
        await api.post(f"{SIM}/faults", json={"kind": "refusal", "refusal": "no_photos", "times": 9})
        assert (await send(api)).status_code == 200
        await api.post(f"{SIM}/faults", json={"kind": "refusal", "refusal": "button_url_invalid", "times": 9})
        assert (await send(api)).status_code == 200
        await api.post(
            f"{SIM}/faults",
            json={"kind": "refusal", "refusal": "upgraded", "chat_id": -7, "migrate_to_chat_id": -1007, "times": 9},
        )
        assert (await send(api, -7)).json()["parameters"] == {"migrate_to_chat_id": -1007}
        assert (await send(api, -1007)).status_code == 200
        known = (await api.get(f"{SIM}/refusals")).json()
        assert known["topic_closed"] == {"meets": "any", "code": 400, "description": "Bad Request: TOPIC_CLOSED"}

    async def test_a_flood_can_close_the_whole_bot(self, api: httpx.AsyncClient, clock: SimpleNamespace) -> None:
        await api.post(
            f"{SIM}/faults", json={"kind": "status", "status": 429, "retry_after": 5, "whole_bot": True, "chat_id": 7}
        )
        assert [(await send(api, chat_id)).status_code for chat_id in (7, 8)] == [429, 429]
        clock.now += 5
        assert [(await send(api, chat_id)).status_code for chat_id in (7, 8)] == [200, 200]

    async def test_a_slow_call_is_taken_in_the_end(self, api: httpx.AsyncClient) -> None:
        await api.post(f"{SIM}/faults", json={"kind": "slow", "seconds": 0.01})
        assert (await send(api)).status_code == 200

    async def test_cleared_faults_do_nothing(self, api: httpx.AsyncClient) -> None:
        await api.post(f"{SIM}/faults", json={"kind": "status"})
        await api.delete(f"{SIM}/faults")
        assert (await send(api)).status_code == 200

    @pytest.mark.parametrize(
        "order",
        [
            [],
            {},
            {"kind": "status", "colour": 1},
            {"kind": "status", "times": 0},
            {"kind": "status", "times": True},
            {"kind": "status", "status": 200},
            {"kind": "status", "status": 499},
            {"kind": "slow", "seconds": -1},
            {"kind": "refusal"},
            {"kind": "refusal", "refusal": "of_nobody"},
            {"kind": "status", "refusal": "topic_closed"},
            {"kind": "status", "whole_bot": 1},
        ],
    )
    async def test_a_malformed_order_is_refused(self, api: httpx.AsyncClient, order: Any) -> None:
        response = await api.post(f"{SIM}/faults", json=order)
        assert response.status_code == 400
        assert response.json()["error"]


class TestWebhooks:
    async def test_a_delivery_is_kept_byte_for_byte_with_its_headers(self, api: httpx.AsyncClient) -> None:
        body = '{"сумма": 1}\xff'.encode("latin-1", "ignore") + "₽".encode()
        await api.post(f"{SIM}/webhooks/crm", content=body, headers={"Webhook-Id": "msg_1"})
        await api.post(f"{SIM}/webhooks/other", content=b"{}")
        (delivery,) = (await api.get(f"{SIM}/webhooks?name=crm")).json()["webhooks"]
        assert base64.b64decode(delivery["body_base64"]) == body
        assert delivery["headers"]["webhook-id"] == "msg_1"
        assert len((await api.get(f"{SIM}/webhooks?since=1")).json()["webhooks"]) == 1
        await api.delete(f"{SIM}/webhooks")
        assert (await api.get(f"{SIM}/webhooks")).json() == {"webhooks": []}

    async def test_the_oldest_are_forgotten_beyond_the_limit(self, start: Start) -> None:
        api = start(keep_messages=2)
        for _ in range(3):
            await api.post(f"{SIM}/webhooks/crm", content=b"{}")
        assert [w["seq"] for w in (await api.get(f"{SIM}/webhooks")).json()["webhooks"]] == [2, 3]

    async def test_a_status_can_be_ordered_for_some_or_all(self, api: httpx.AsyncClient) -> None:
        await api.put(f"{SIM}/webhooks/crm", json={"status": 503, "times": 2})
        answers = [(await api.post(f"{SIM}/webhooks/crm")).status_code for _ in range(3)]
        await api.put(f"{SIM}/webhooks/crm", json={"status": 410})
        answers += [(await api.post(f"{SIM}/webhooks/crm")).status_code for _ in range(2)]
        assert answers == [503, 503, 204, 410, 410]

    @pytest.mark.parametrize("body", [{"status": 99}, {"status": 500, "times": 0}, []])
    async def test_an_impossible_status_is_refused(self, api: httpx.AsyncClient, body: Any) -> None:
        assert (await api.put(f"{SIM}/webhooks/crm", json=body)).status_code == 400
