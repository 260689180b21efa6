"""Groups, supergroups with topics, and a group that becomes a supergroup."""

from typing import Any

import httpx
import pytest

SIM = "http://tgsim/_sim"
ANNA = {"id": 7, "first_name": "Анна"}
GROUP = -5
FORUM = -1001234567890


async def call(api: httpx.AsyncClient, method: str, **params: Any) -> Any:
    response = await api.post(method, json=params)
    assert response.status_code == 200, response.text
    return response.json()["result"]


async def refusal(api: httpx.AsyncClient, method: str, **params: Any) -> tuple[int, str]:
    response = await api.post(method, json=params)
    assert response.status_code >= 400, response.text
    return response.status_code, response.json()["description"].partition(": ")[2]


async def act(api: httpx.AsyncClient, path: str, **body: Any) -> Any:
    response = await api.post(f"{SIM}/chats/{path}", json={"from": ANNA, **body})
    assert response.status_code in (200, 204), response.text
    return response.json() if response.content else None


async def kinds(api: httpx.AsyncClient) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = (await api.post("getUpdates")).json()["result"]
    return found


@pytest.fixture
async def forum(api: httpx.AsyncClient) -> httpx.AsyncClient:
    await api.post(f"{SIM}/chats/{FORUM}", json={"is_forum": True, "title": "Магазин"})
    return api


class TestMembers:
    async def test_the_bot_is_told_what_becomes_of_it(self, api: httpx.AsyncClient) -> None:
        for what in ("leave", "join", "promote", "kick"):
            await act(api, f"{GROUP}/{what}")
        updates = await kinds(api)
        told = [u["my_chat_member"]["new_chat_member"]["status"] for u in updates if "my_chat_member" in u]
        assert told == ["left", "member", "administrator", "kicked"]
        (came,) = [u["message"] for u in updates if "message" in u]
        assert came["new_chat_members"][0]["is_bot"] is True
        assert came["chat"] == {"id": GROUP, "type": "group", "title": "Chat -5"}
        assert await refusal(api, "sendMessage", chat_id=GROUP, text="x") == (
            403,
            "bot was kicked from the group chat",
        )
        assert (await act(api, f"{GROUP}/send", text="/x"))["update_id"] is None

    async def test_an_administrator_hears_of_others(self, api: httpx.AsyncClient) -> None:
        await api.post("getUpdates", json={"allowed_updates": ["chat_member"]})
        assert (await act(api, f"{GROUP}/join", user=8))["update_id"] is None
        await act(api, f"{GROUP}/promote")
        await act(api, f"{GROUP}/promote", user=8)
        (update,) = await kinds(api)
        changed = update["chat_member"]
        assert (changed["old_chat_member"]["status"], changed["new_chat_member"]["status"]) == (
            "member",
            "administrator",
        )
        leading = await call(api, "getChatAdministrators", chat_id=GROUP)
        assert [member["user"]["id"] for member in leading] == [8, 123456]
        assert await call(api, "getChatMemberCount", chat_id=GROUP) == 2

    async def test_members_are_told_by_id(self, api: httpx.AsyncClient) -> None:
        await act(api, f"{GROUP}/send", text="/x")
        await act(api, f"{GROUP}/leave", user=8)
        statuses = {
            user_id: (await call(api, "getChatMember", chat_id=GROUP, user_id=user_id))["status"]
            for user_id in (7, 8, 123456)
        }
        assert statuses == {7: "member", 8: "left", 123456: "member"}
        assert await refusal(api, "getChatMember", chat_id=GROUP, user_id=9) == (400, "PARTICIPANT_ID_INVALID")
        assert await refusal(api, "getChatMember", chat_id=GROUP) == (400, "invalid user_id specified")
        assert (await call(api, "getChatMember", chat_id=9, user_id=9))["status"] == "member"
        assert (await refusal(api, "getChatAdministrators", chat_id=9))[0] == 400

    async def test_who_left_cannot_write(self, api: httpx.AsyncClient) -> None:
        assert await call(api, "leaveChat", chat_id=GROUP) is True
        assert await refusal(api, "sendMessage", chat_id=GROUP, text="x") == (
            403,
            "bot is not a member of the group chat",
        )
        assert (await refusal(api, "leaveChat", chat_id=7))[0] == 400


class TestPrivacy:
    @pytest.mark.parametrize(
        ("text", "is_seen"),
        [
            ("привет", False),
            ("/orders", True),
            ("/orders@tgsim_123456_bot", True),
            ("/orders@other_bot", False),
            ("смотри, @TGSIM_123456_bot", True),
            ("@anna", False),
        ],
    )
    async def test_in_a_group_a_bot_sees_what_is_for_it(self, api: httpx.AsyncClient, text: str, is_seen: bool) -> None:
        assert ((await act(api, f"{GROUP}/send", text=text))["update_id"] is not None) is is_seen
        await act(api, f"{GROUP}/promote")
        assert (await act(api, f"{GROUP}/send", text=text))["update_id"] is not None

    async def test_and_replies_to_it(self, api: httpx.AsyncClient) -> None:
        sent = await call(api, "sendMessage", chat_id=GROUP, text="x")
        said = await act(api, f"{GROUP}/send", text="да", reply_to=sent["message_id"])
        assert said["update_id"] is not None
        assert (await act(api, f"{GROUP}/send", text="и я", reply_to=said["message_id"]))["update_id"] is None


class TestTopics:
    async def test_a_person_opens_a_topic_and_is_answered_there(self, forum: httpx.AsyncClient) -> None:
        topic = (await act(forum, f"{FORUM}/topics", name="Заказы"))["thread_id"]
        await act(forum, f"{FORUM}/send", text="/x", thread_id=topic)
        opened, message = [update["message"] for update in await kinds(forum)]
        assert opened["forum_topic_created"]["name"] == "Заказы"
        assert (opened["message_id"], message["message_thread_id"], message["is_topic_message"]) == (topic, topic, True)
        assert message["chat"] == {"id": FORUM, "type": "supergroup", "title": "Магазин", "is_forum": True}
        sent = await call(forum, "sendMessage", chat_id=FORUM, text="x", message_thread_id=topic)
        assert sent["message_thread_id"] == topic
        (stored,) = (await forum.get(f"{SIM}/messages")).json()["messages"]
        assert stored["thread_id"] == topic
        wrong = await refusal(forum, "sendMessage", chat_id=FORUM, text="x", message_thread_id=topic + 99)
        assert wrong == (400, "message thread not found")
        await act(forum, f"{FORUM}/topics/{topic}", is_closed=True)
        closed = await refusal(forum, "sendMessage", chat_id=FORUM, text="x", message_thread_id=topic)
        assert closed == (400, "TOPIC_CLOSED")
        assert (await refusal(forum, "sendChatAction", chat_id=FORUM, action="typing", message_thread_id=topic))[
            0
        ] == 400

    async def test_a_bot_opens_topics_only_as_an_administrator_of_a_forum(self, forum: httpx.AsyncClient) -> None:
        assert (await refusal(forum, "createForumTopic", chat_id=GROUP, name="x"))[1] == "the chat is not a forum"
        assert (await refusal(forum, "createForumTopic", chat_id=FORUM, name="x"))[1].startswith("not enough rights")
        await act(forum, f"{FORUM}/promote")
        topic = await call(forum, "createForumTopic", chat_id=FORUM, name="Заказы")
        thread = {"chat_id": FORUM, "message_thread_id": topic["message_thread_id"]}
        assert topic["name"] == "Заказы"
        assert await call(forum, "closeForumTopic", **thread) is True
        assert (await refusal(forum, "closeForumTopic", **thread))[1] == "TOPIC_NOT_MODIFIED"
        assert (await call(forum, "sendMessage", text="x", **thread))["message_thread_id"] == topic["message_thread_id"]
        assert await call(forum, "reopenForumTopic", **thread) is True
        assert (await refusal(forum, "reopenForumTopic", chat_id=FORUM))[1] == "message thread not found"
        for name, reason in (("", "TOPIC_TITLE_EMPTY"), ("x" * 129, "TOPIC_TITLE_TOO_LONG")):
            assert (await refusal(forum, "createForumTopic", chat_id=FORUM, name=name))[1] == reason


class TestMigration:
    async def test_both_chats_say_where_the_group_went(self, api: httpx.AsyncClient) -> None:
        await act(api, f"{GROUP}/send", text="/x")
        new_id = (await act(api, f"{GROUP}/migrate", to=FORUM))["migrate_to_chat_id"]
        assert new_id == FORUM
        _, left, came = [update["message"] for update in await kinds(api)]
        assert (left["chat"]["id"], left["migrate_to_chat_id"]) == (GROUP, FORUM)
        assert (came["chat"]["id"], came["migrate_from_chat_id"]) == (FORUM, GROUP)
        assert (came["chat"]["type"], came["chat"]["title"]) == ("supergroup", "Chat -5")
        response = await api.post("sendMessage", json={"chat_id": GROUP, "text": "x"})
        assert response.json() == {
            "ok": False,
            "error_code": 400,
            "description": "Bad Request: group chat was upgraded to a supergroup chat",
            "parameters": {"migrate_to_chat_id": FORUM},
        }
        assert (await call(api, "sendMessage", chat_id=FORUM, text="x"))["chat"]["type"] == "supergroup"
        assert (await api.post(f"{SIM}/chats/{GROUP}/migrate", json={"from": 7})).status_code == 400


class TestChat:
    async def test_pinned_messages_are_shown(self, api: httpx.AsyncClient) -> None:
        ids = [(await call(api, "sendMessage", chat_id=GROUP, text=text))["message_id"] for text in "ab"]
        assert (await refusal(api, "pinChatMessage", chat_id=GROUP, message_id=ids[0]))[1].startswith("not enough")
        await act(api, f"{GROUP}/promote")
        for message_id in ids:
            assert await call(api, "pinChatMessage", chat_id=GROUP, message_id=message_id) is True
        assert (await call(api, "getChat", chat_id=GROUP))["pinned_message"]["text"] == "b"
        assert await call(api, "unpinChatMessage", chat_id=GROUP) is True
        assert (await call(api, "getChat", chat_id=GROUP))["pinned_message"]["text"] == "a"
        assert (await refusal(api, "pinChatMessage", chat_id=GROUP, message_id=99))[1] == "message to pin not found"
        assert (await refusal(api, "unpinChatMessage", chat_id=GROUP, message_id=99))[0] == 400

    async def test_a_reaction_is_under_its_message(self, api: httpx.AsyncClient) -> None:
        message_id = (await call(api, "sendMessage", chat_id=7, text="x"))["message_id"]
        place = {"chat_id": 7, "message_id": message_id}
        thumb = {"type": "emoji", "emoji": "👍"}
        assert await call(api, "setMessageReaction", reaction=[thumb], **place) is True
        (stored,) = (await api.get(f"{SIM}/messages")).json()["messages"]
        assert stored["reaction"] == "👍"
        assert (await refusal(api, "setMessageReaction", reaction=[thumb, thumb], **place))[1] == "REACTIONS_TOO_MANY"
        assert "not faked" in (await refusal(api, "setMessageReaction", reaction=[{"type": "paid"}], **place))[1]
        assert (await refusal(api, "setMessageReaction", chat_id=7, message_id=99))[1] == "message to react not found"

    @pytest.mark.parametrize(
        ("chat_id", "body"),
        [(7, {"type": "group"}), (-5, {"type": "channel"}), (-5, {"is_forum": True}), (-5, {"name": "x"})],
    )
    async def test_a_chat_is_of_the_kind_that_its_id_allows(
        self, api: httpx.AsyncClient, chat_id: int, body: Any
    ) -> None:
        assert (await api.post(f"{SIM}/chats/{chat_id}", json=body)).status_code == 400
