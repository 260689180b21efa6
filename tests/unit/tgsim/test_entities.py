from html import escape

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tgsim.entities import TAGS, EntityError, Formatted, parse_html, trimmed, utf16_length

TEXT = st.text(st.characters(exclude_categories=["Cs"]))
SIMPLE_TAGS = sorted(TAGS.keys() - {"a", "span"})
WRAPPED = st.recursive(
    TEXT.map(lambda text: (escape(text, quote=False), text)),
    lambda inner: st.one_of(
        st.tuples(st.sampled_from(SIMPLE_TAGS), inner).map(
            lambda pair: (f"<{pair[0]}>{pair[1][0]}</{pair[0]}>", pair[1][1])
        ),
        st.lists(inner, max_size=3).map(lambda items: ("".join(i[0] for i in items), "".join(i[1] for i in items))),
    ),
    max_leaves=8,
)


class TestUtf16Length:
    def test_an_emoji_outside_the_basic_plane_counts_as_two(self) -> None:
        assert utf16_length("я🧾") == 3

    @given(TEXT)
    def test_it_is_the_number_of_characters_plus_those_outside_the_basic_plane(self, text: str) -> None:
        assert utf16_length(text) == len(text) + sum(ord(character) > 0xFFFF for character in text)


class TestParseHtml:
    @given(TEXT)
    def test_escaped_text_comes_back_as_it_was(self, text: str) -> None:
        assert parse_html(escape(text)) == Formatted(text)

    @given(WRAPPED)
    def test_nested_tags_leave_only_their_text_and_entities_within_it(self, pair: tuple[str, str]) -> None:
        html, text = pair
        formatted = parse_html(html)
        assert formatted.text == text
        length = utf16_length(text)
        assert all(e["length"] > 0 and e["offset"] + e["length"] <= length for e in formatted.entities)

    @given(st.text(st.sampled_from("<>/ab=\"' &;#x1\n😀")))
    def test_any_text_is_either_parsed_or_refused_with_a_reason(self, html: str) -> None:
        try:
            outcome = parse_html(html).text
        except EntityError as error:
            outcome = str(error)
            assert " at byte offset " in outcome or outcome.startswith(("Can't find end tag", "Text contains"))
        else:
            assert len(outcome) <= len(html)

    @pytest.mark.parametrize(("tag", "kind"), [(t, k) for t, k in TAGS.items() if t not in ("a", "span")])
    def test_each_allowed_tag_becomes_its_entity(self, tag: str, kind: str) -> None:
        expected = [{"type": kind, "offset": 2, "length": 3}]
        assert parse_html(f"🧾<{tag}>abc</{tag.upper()}>").entities == expected

    def test_a_link_keeps_its_unescaped_address(self) -> None:
        formatted = parse_html('<a href="https://wildberries.ru/?a=1&amp;b=2">На WB</a>')
        assert formatted.entities == [
            {"type": "text_link", "offset": 0, "length": 5, "url": "https://wildberries.ru/?a=1&b=2"}
        ]

    @pytest.mark.parametrize("href", ["", "not a link", "http://localhost/x", "ftp://a.example"])
    def test_a_link_that_cannot_be_used_leaves_its_words(self, href: str) -> None:
        assert parse_html(f'<a href="{href}">слова</a>') == Formatted("слова")

    def test_a_link_without_href_takes_its_words_as_the_address(self) -> None:
        assert parse_html("<a>wildberries.ru</a>").entities[0]["url"] == "http://wildberries.ru"

    def test_spoilers_and_expandable_quotes_and_attributes_in_every_quoting_are_read(self) -> None:
        html = (
            "<span class='tg-spoiler'>a</span><blockquote expandable>b</blockquote>"
            '<pre><code class=language-x id = "1" >c</code></pre>'
        )
        kinds = [entity["type"] for entity in parse_html(html).entities]
        assert sorted(kinds) == ["code", "expandable_blockquote", "pre", "spoiler"]

    def test_an_end_tag_without_a_name_closes_the_last_one(self) -> None:
        assert parse_html("<b>a</>").entities == [{"type": "bold", "offset": 0, "length": 1}]

    def test_unknown_and_impossible_references_stay_as_written(self) -> None:
        assert parse_html("&nbsp; &#0; &#1114111; &lt &#x1F9FE;").text == "&nbsp; &#0; &#1114111; < 🧾"

    @pytest.mark.parametrize(
        ("html", "reason"),
        [
            ("я<script>", 'Unsupported start tag "script" at byte offset 2'),
            ("1 < 2>", 'Unsupported start tag "" at byte offset 2'),
            ("1 <2", "Unclosed start tag at byte offset 2"),
            ("<b", "Unclosed start tag at byte offset 0"),
            ("<a href", 'Expected equal sign in declaration of an attribute of the tag "a" at byte offset 0'),
            ("<a ", "Unclosed start tag at byte offset 0"),
            ("<a href=", "Unclosed start tag at byte offset 0"),
            ('<a href="x', "Unclosed start tag at byte offset 0"),
            ("<a href=x_y>", "Unexpected end of name token at byte offset 0"),
            ('<a ="x">', 'Empty attribute name in the tag "a" at byte offset 0'),
            ("<b bare>x</b>", 'Expected equal sign in declaration of an attribute of the tag "b" at byte offset 0'),
            ("<span>x</span>", 'Tag "span" must have class "tg-spoiler" at byte offset 0'),
            ("a</b>", "Unexpected end tag at byte offset 1"),
            ("<b>a</b", "Unclosed end tag at byte offset 4"),
            ("<b><i>a</b></i>", 'Unmatched end tag at byte offset 7, expected "</i>", found "</b>"'),
            ("<b>a", 'Can\'t find end tag corresponding to start tag "b"'),
            (
                "&#xD800;",
                "Text contains invalid Unicode characters after decoding HTML entities, "
                "check for unmatched surrogate code units",
            ),
        ],
    )
    def test_malformed_markup_is_refused_in_telegrams_words(self, html: str, reason: str) -> None:
        with pytest.raises(EntityError) as refused:
            parse_html(html)
        assert str(refused.value) == reason


class TestTrimmed:
    def test_white_space_goes_and_entities_follow(self) -> None:
        assert trimmed(parse_html(" \n<b> a </b><i> </i>\n")) == Formatted(
            "a", [{"type": "bold", "offset": 0, "length": 1}]
        )

    @given(WRAPPED)
    def test_entities_still_cover_the_same_words(self, pair: tuple[str, str]) -> None:
        formatted = parse_html(pair[0])
        words = {_covered(formatted.text, entity).strip() for entity in formatted.entities} - {""}
        after = trimmed(formatted)
        assert after.text == formatted.text.strip()
        assert {_covered(after.text, entity).strip() for entity in after.entities} - {""} == words


def _covered(text: str, entity: dict[str, int]) -> str:
    start, length = entity["offset"], entity["length"]
    return text.encode("utf-16-le")[2 * start : 2 * (start + length)].decode("utf-16-le")
