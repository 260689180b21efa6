"""Every kind of message there is: known to the settings, previewed, translated, and as it was written down."""

import os
from pathlib import Path

import pytest
from contracts.message_kinds import KINDS as KNOWN
from notifier.kinds import KINDS
from notifier.messages.message import MAX_CAPTION_UNITS
from notifier.previews import document, plain, previews
from servicekit.text import text_units
from servicekit.translation import CODES, Code
from support import catalogues
from tgsim.entities import parse_html

SNAPSHOTS = Path(__file__).parent / "snapshots"
RENEW = "RENEW_SNAPSHOTS"
"""`RENEW_SNAPSHOTS=1 python -m pytest tests/unit/notifier/test_kinds.py` writes the snapshots anew."""

TOLD = sorted(KINDS)


def test_every_kind_that_settings_know_has_a_file_and_no_file_is_of_another() -> None:
    assert set(KINDS) == set(KNOWN)
    assert all(kind.name == name for name, kind in KINDS.items())


@pytest.mark.parametrize("code", CODES)
@pytest.mark.parametrize("name", TOLD)
def test_a_message_reads_as_it_was_written_down(name: str, code: Code) -> None:
    shown = "\n---\n".join(plain(message) for message in previews(name, code))
    path = SNAPSHOTS / f"{name}.{code}.txt"
    if os.environ.get(RENEW):
        path.parent.mkdir(exist_ok=True)
        path.write_text(shown)
    assert shown == path.read_text()


def test_no_snapshot_is_of_a_kind_that_is_gone() -> None:
    assert {path.name for path in SNAPSHOTS.iterdir()} == {f"{name}.{code}.txt" for name in TOLD for code in CODES}


@pytest.mark.parametrize("code", CODES)
@pytest.mark.parametrize("name", TOLD)
def test_a_preview_is_what_telegram_takes(name: str, code: Code) -> None:
    for message in previews(name, code):
        assert text_units(message.html) <= MAX_CAPTION_UNITS
        assert parse_html(message.html).text


@pytest.mark.parametrize("name", TOLD)
def test_both_languages_say_as_many_things(name: str) -> None:
    russian, english = (list(previews(name, code)) for code in CODES)
    for ours, theirs in zip(russian, english, strict=True):
        assert ours.html != theirs.html
        assert ours.html.count("\n") == theirs.html.count("\n")
        assert len(ours.buttons) == len(theirs.buttons)


class TestCatalogue:
    def test_every_text_of_the_code_is_translated_and_no_other(self) -> None:
        catalogue = catalogues.stored("notifier")
        assert set(catalogues.texts(catalogue)) == set(catalogues.msgids("notifier"))
        assert catalogues.untranslated(catalogue) == []

    def test_a_translation_has_the_values_of_its_text(self) -> None:
        for msgid, texts in catalogues.texts(catalogues.stored("notifier")).items():
            for text in texts:
                assert catalogues.values(text) == catalogues.values(msgid), msgid


def test_the_page_shows_every_kind() -> None:
    page = document()
    assert all(f"(`{name}`)" in page for name in KINDS)
