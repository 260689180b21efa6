"""What a seller is told of a token."""

from contracts.wb_token import Category, TokenKind
from gateway import token_words


class TestTokenWords:
    def test_every_kind_that_can_be_connected_has_its_words(self) -> None:
        assert set(token_words.FRESHNESS) == set(TokenKind) - {TokenKind.TEST}

    def test_gives_and_lacks_are_two_halves_of_one_list(self) -> None:
        opened = frozenset({Category.STATISTICS, Category.FEEDBACKS})
        assert token_words.gives(opened) == ["заказы и продажи", "отзывы и вопросы"]
        assert not set(token_words.gives(opened)) & set(token_words.lacks(opened))
        every = token_words.gives(frozenset(Category))
        assert sorted(token_words.gives(opened) + token_words.lacks(opened)) == sorted(every)
