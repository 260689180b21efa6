"""A head is what its key signed, to the last byte."""

import json
from uuid import uuid4

import pytest
from audit.signing import (
    FIRST,
    BadHead,
    End,
    Head,
    digest_of,
    line_of,
    new_key,
    read_line,
    signing_key,
    verify_key,
)
from audit.verifying.against_heads import read_heads
from support.auditing import KEY, NOON

PUBLIC = KEY.verify_key
HEAD = Head(1, NOON, FIRST, [End(uuid4(), 3, bytes(32))])
LINE = line_of(HEAD, KEY)


def line(number: int, previous: str) -> bytes:
    return line_of(Head(number, NOON, previous, []), KEY)


def test_it_reads_as_it_was_written() -> None:
    assert read_line(LINE, PUBLIC) == HEAD
    assert b"\n" not in LINE


def test_whatever_is_changed_is_refused() -> None:
    read = json.loads(LINE)
    for field, value in (("number", 2), ("at", "2026-11-20T09:00:01+00:00"), ("previous", "1" * 64), ("ends", [])):
        changed = json.dumps({**read, "head": {**read["head"], field: value}}).encode()
        with pytest.raises(BadHead, match="not signed"):
            read_line(changed, PUBLIC)
    with pytest.raises(BadHead, match="not signed"):
        read_line(LINE, verify_key(new_key()[1]))


@pytest.mark.parametrize("nonsense", [b"", b"{}", b"[]", b"null", b'{"head":{},"signature":"?"}', b"\xff", LINE[:-9]])
def test_nonsense_is_no_head(nonsense: bytes) -> None:
    with pytest.raises(BadHead):
        read_line(nonsense, PUBLIC)


def test_keys_are_read_as_they_were_made() -> None:
    private, public = new_key()
    assert bytes(signing_key(private).verify_key) == bytes(verify_key(public))
    for bad in ("", "?", "AAAA", private + private):
        with pytest.raises(ValueError, match=r"base64|bytes"):
            signing_key(bad)


class TestLines:
    def test_heads_that_follow_one_another_are_in_order(self) -> None:
        second = line(2, digest_of(LINE))
        heads = read_heads([LINE, LINE, b"", second[:40], second], PUBLIC)
        assert heads.findings == []
        assert heads.ends == [(1, HEAD.ends[0])]

    @pytest.mark.parametrize(
        ("lines", "said"),
        [
            ([LINE, line(3, digest_of(LINE))], "head 3 follows on 1"),
            ([LINE, line(2, FIRST)], "does not hang on head 1"),
            ([LINE, line(1, FIRST)], "there are two heads 1, and they differ"),
            ([line(2, digest_of(LINE)), LINE], "head 1 follows on 2"),
            ([LINE, b"{}"], "line 2: no head"),
        ],
    )
    def test_what_is_missing_changed_or_there_twice_is_found(self, lines: list[bytes], said: str) -> None:
        assert [finding.detail for finding in read_heads(lines, PUBLIC).findings] == [said]
