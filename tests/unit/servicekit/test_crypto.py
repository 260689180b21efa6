"""Sealed secrets open for their owner and their subject only."""

import base64
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st
from nacl.public import PublicKey, SealedBox
from servicekit.crypto import CannotOpen, generate_keys, seal, unseal

PUBLIC, PRIVATE = generate_keys()
SECRET = "eyJhbGciOi.token.ключ"
SEALED = seal(SECRET, public_key=PUBLIC, belongs_to="cabinet-1")


def test_what_was_sealed_opens() -> None:
    assert unseal(SEALED, private_keys=PRIVATE, belongs_to="cabinet-1") == SECRET


def test_two_seals_of_one_secret_differ_and_show_nothing() -> None:
    other = seal(SECRET, public_key=PUBLIC, belongs_to="cabinet-1")
    assert other != SEALED
    assert SECRET not in SEALED


def test_a_rotated_key_still_opens_while_it_is_listed() -> None:
    new_public, new_private = generate_keys()
    both = f"{new_private}, {PRIVATE},"
    assert unseal(SEALED, private_keys=both, belongs_to="cabinet-1") == SECRET
    renewed = seal(SECRET, public_key=new_public, belongs_to="cabinet-1")
    assert unseal(renewed, private_keys=both, belongs_to="cabinet-1") == SECRET


def test_another_key_does_not_open() -> None:
    with pytest.raises(CannotOpen, match="rotated away"):
        unseal(SEALED, private_keys=generate_keys()[1], belongs_to="cabinet-1")


def test_a_box_of_another_key_under_our_key_id_does_not_open() -> None:
    box = seal(SECRET, public_key=generate_keys()[0], belongs_to="cabinet-1").partition(".")[2]
    with pytest.raises(CannotOpen, match="damaged"):
        unseal(f"{SEALED.partition('.')[0]}.{box}", private_keys=PRIVATE, belongs_to="cabinet-1")


def test_moved_to_another_row_it_does_not_open() -> None:
    with pytest.raises(CannotOpen, match="something else"):
        unseal(SEALED, private_keys=PRIVATE, belongs_to="cabinet-2")


@pytest.mark.parametrize("content", [5, "text", [1], [1, 2, 3], None, {}])
def test_what_somebody_else_sealed_to_us_is_no_secret(content: object) -> None:
    box = SealedBox(PublicKey(base64.b64decode(PUBLIC))).encrypt(json.dumps(content).encode())
    sealed = f"{SEALED.partition('.')[0]}.{base64.b64encode(box).decode()}"
    with pytest.raises(CannotOpen):
        unseal(sealed, private_keys=PRIVATE, belongs_to="cabinet-1")


@given(st.integers(min_value=0, max_value=len(SEALED) - 1), st.text(max_size=3))
def test_damage_anywhere_is_said_as_such(position: int, damage: str) -> None:
    damaged = SEALED[:position] + damage + SEALED[position + 1 :]
    try:
        assert unseal(damaged, private_keys=PRIVATE, belongs_to="cabinet-1") == SECRET
    except CannotOpen:
        return
    # Only a change that base64 does not see (characters it skips, unused bits) may leave the secret whole.
    assert base64.b64decode(damaged.partition(".")[2]) == base64.b64decode(SEALED.partition(".")[2])


@given(st.text())
def test_any_text_at_all_is_refused_in_one_way(text: str) -> None:
    with pytest.raises(CannotOpen):
        unseal(text, private_keys=PRIVATE, belongs_to="cabinet-1")
