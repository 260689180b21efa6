"""What a refusal of Telegram is about, by its words."""

import pytest
from notifier.channels.bot_api import Reply
from notifier.channels.refusals import blamed
from notifier.channels.telegram import Form, in_rows
from notifier.messages.message import Button
from tgsim.refusals import REFUSALS

BLAMED = {
    "bot_was_blocked": "chat",
    "bot_was_kicked": "chat",
    "chat_not_found": "chat",
    "no_rights": "chat",
    "topic_closed": "chat",
    "upgraded": "chat",
    "unheard_of": None,
    "unheard_of_photo": None,
    "no_photos": "photo_here",
    "caption_too_long": "photo_here",
    "http_url_content": "photo",
    "wrong_type": "photo",
    "photo_invalid_dimensions": "photo",
    "image_process_failed": "photo",
    "wrong_file_identifier": "photo",
    "remote_file_identifier": "photo",
    "button_url_invalid": "buttons",
    "button_type_invalid": "buttons",
    "cant_parse_entities": "markup",
}
SHOWN = Form("7", "<b>1 &lt; 2</b>", (Button("На WB", "https://wb/1"), Button("Ещё", "https://wb/2")), "https://p/1")


@pytest.mark.parametrize("name", REFUSALS)
def test_every_refusal_tgsim_knows_is_told_apart(name: str) -> None:
    assert blamed(REFUSALS[name].code, REFUSALS[name].description) == BLAMED[name]


@pytest.mark.parametrize(
    ("code", "description", "blame"),
    [
        (400, "Bad Request: inline keyboard button URL 'https://wb/1' is invalid: Wrong HTTP URL", "buttons"),
        (400, 'Bad Request: can\'t parse entities: Unsupported start tag "button" at byte offset 3', "markup"),
        (400, "Bad Request: file of size 11000000 bytes is too big for a photo", "photo"),
        (400, "Bad Request: file must be non-empty", "photo"),
        (400, "Bad Request: wrong remote file identifier specified: can't unserialize it", "photo"),
        (400, "Bad Request: can't use file of type Document as Photo", "photo"),
        (413, "Request Entity Too Large", "photo"),
        (403, "Forbidden: CHAT_SEND_PHOTOS_FORBIDDEN", "photo_here"),
        (403, "Forbidden: something new", "chat"),
        (400, "Bad Request: have no rights to send a message", "chat"),
        (429, "Too Many Requests: retry after 5", None),
        (500, "Internal Server Error: PHOTO_INVALID", None),
    ],
)
def test_other_words_of_telegram(code: int, description: str, blame: str | None) -> None:
    assert blamed(code, description) == blame


def refused(description: str, code: int = 400, **more: int) -> Reply:
    return Reply(ok=False, code=code, description=description, migrate_to_chat_id=more.get("moved_to"))


def test_a_button_that_is_named_goes_alone() -> None:
    less = SHOWN.without(refused("inline keyboard button URL 'https://wb/1' is invalid: Wrong HTTP URL"))
    assert less is not None
    assert [button.text for button in less.buttons] == ["Ещё"]
    assert less.photo_url


def test_where_no_button_is_named_all_go() -> None:
    less = SHOWN.without(refused("BUTTON_URL_INVALID"))
    assert less is not None
    assert less.buttons == ()
    assert "reply_markup" not in less.fields("text")


def test_text_whose_tags_are_refused_goes_without_them() -> None:
    less = SHOWN.without(refused("can't parse entities: Unclosed start tag"))
    assert less is not None
    assert less.fields("text")["text"] == "1 < 2"
    assert "parse_mode" not in less.fields("text")


@pytest.mark.parametrize(
    "description",
    ["BUTTON_URL_INVALID", "can't parse entities", "message caption is too long", "SOMETHING_NEW", "PHOTO_INVALID"],
)
def test_whatever_is_refused_the_form_gets_less_until_nothing_can_be_left_out(description: str) -> None:
    form: Form | None = SHOWN
    forms = []
    while form is not None:
        assert form not in forms
        forms.append(form)
        form = form.without(refused(description))
    assert len(forms) <= 3


def test_a_group_that_moved_is_followed_once() -> None:
    less = SHOWN.without(refused("group chat was upgraded", moved_to=-1007))
    assert less is not None
    assert less.chat_id == "-1007"
    assert less.without(refused("group chat was upgraded", moved_to=-1007)) is None


def test_no_button_stands_alone_under_others() -> None:
    shapes = {count: [len(row) for row in in_rows(range(count))] for count in range(1, 8)}
    assert shapes == {1: [1], 2: [2], 3: [3], 4: [2, 2], 5: [3, 2], 6: [2, 2, 2], 7: [3, 2, 2]}
    assert in_rows(range(5)) == [[0, 1, 2], [3, 4]]
