"""Answers that are not written in plain UTF-8."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from ingestor.wb.bodies import in_utf8

TEXT = '[{"brand": "Платье"}]'
PLAIN = TEXT.encode()


@pytest.mark.parametrize(
    ("body", "content_type"),
    [
        (PLAIN, ""),
        (PLAIN, "application/json; charset=utf-8"),
        (PLAIN, "application/json; charset=windows-1251"),
        (PLAIN, "application/json; charset=klingon"),
        (TEXT.encode("utf-8-sig"), "application/json"),
        (TEXT.encode("utf-16"), "application/json"),
        (TEXT.encode("utf-16-le"), ""),
        (TEXT.encode("utf-16-be"), ""),
        (TEXT.encode("utf-32"), ""),
        (TEXT.encode("cp1251"), 'application/json; Charset="Windows-1251"'),
        (TEXT.encode("koi8-r"), "application/json;charset=koi8-r"),
    ],
)
def test_they_are_read(body: bytes, content_type: str) -> None:
    assert in_utf8(body, content_type) == PLAIN


@pytest.mark.parametrize("content_type", ["", "application/json; charset=klingon", "application/json; charset=utf-8"])
def test_what_is_not_as_it_says_stays_as_it_is(content_type: str) -> None:
    assert in_utf8(b"[\xff]", content_type) == b"[\xff]"
    assert in_utf8(b"\xff\xfe\x00", content_type) == b"\xff\xfe\x00"


@given(st.binary(max_size=20), st.text(max_size=20))
def test_any_bytes_are_taken(body: bytes, charset: str) -> None:
    in_utf8(body, f"application/json; charset={charset}")
