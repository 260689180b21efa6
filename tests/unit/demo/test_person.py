"""The person of the demo who writes to the bot, presses and waits for what stays."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager

import httpx
import pytest
from demo import person as person_module
from demo.fakes import FakeTelegram, fake_telegram
from demo.installation import NotReady
from demo.person import Person

MENU, DONE = "Что показать?", "Готово"
BUTTON = "📊 Аналитика"


@contextmanager
def answering(telegram: FakeTelegram) -> Iterator[None]:
    """A bot that shows a menu to whoever writes, and writes over it when its button is pressed."""
    ended = threading.Event()

    def serve() -> None:
        offset = 0
        with httpx.Client(base_url=f"{telegram.url}/bot{telegram.token}/", timeout=30) as bot:
            while not ended.is_set():
                updates = bot.post("getUpdates", json={"offset": offset, "timeout": 1}).json()["result"]
                for update in updates:
                    offset = update["update_id"] + 1
                    if query := update.get("callback_query"):
                        bot.post("answerCallbackQuery", json={"callback_query_id": query["id"]})
                        message = query["message"]
                        written = {"chat_id": message["chat"]["id"], "message_id": message["message_id"], "text": DONE}
                        assert bot.post("editMessageText", json=written).status_code == 200
                    else:
                        keyboard = {"inline_keyboard": [[{"text": BUTTON, "callback_data": "a"}]]}
                        sent = {"chat_id": update["message"]["chat"]["id"], "text": MENU, "reply_markup": keyboard}
                        assert bot.post("sendMessage", json=sent).status_code == 200

    thread = threading.Thread(target=serve)
    thread.start()
    try:
        yield
    finally:
        ended.set()
        thread.join()


def test_a_person_writes_presses_and_has_the_answer_that_stays(monkeypatch: pytest.MonkeyPatch) -> None:
    with fake_telegram(limits=[]) as telegram:
        person = Person(telegram)
        with answering(telegram):
            menu = person.say("/menu", until=MENU)
            done = person.press(menu, BUTTON, until=DONE, quiet_seconds=0.2)
            assert (done["message_id"], done["text"]) == (menu["message_id"], DONE)
            assert person.newest() == done
            assert [message["text"] for message in person.since(menu["seq"])] == [DONE]
        monkeypatch.setattr(person_module, "ANSWER_SECONDS", 1)
        with pytest.raises(NotReady, match="an answer to /menu"):
            person.say("/menu", until=MENU)
