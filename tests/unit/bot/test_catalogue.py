"""Every text of the bot is said in Russian, with the same values in it; and no Russian text is of nothing."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import bot
from bot.commands import COMMANDS
from bot.language import PACKAGE
from servicekit.translation import catalogue

ROOT = Path(bot.__file__).parent
_ARGUMENTS = {"text": 1, "button": 1, "msgid": 1, "plural": 2}


def texts() -> Iterator[tuple[str, ...]]:
    """The msgids that stand in the code, with their plurals."""
    for file in ROOT.rglob("*.py"):
        for node in ast.walk(ast.parse(file.read_text())):
            if isinstance(node, ast.Call):
                count = _ARGUMENTS.get(_called(node.func), 0)
                said = [each.value for each in node.args[:count] if isinstance(each, ast.Constant)]
                if count and len(said) == count and all(isinstance(each, str) for each in said):
                    yield tuple(map(str, said))


def _called(function: ast.expr) -> str:
    if isinstance(function, ast.Attribute):
        # `talk.buttons.button` has a text that is not translated.
        is_plain = isinstance(function.value, ast.Attribute) and function.value.attr == "buttons"
        return "" if is_plain else function.attr
    return function.id if isinstance(function, ast.Name) else ""


def _values(text: str) -> set[str]:
    return set(re.findall(r"{(\w+)}", text))


def test_every_text_is_translated_and_no_translation_is_of_nothing() -> None:
    found = {said[0]: said for said in texts()}
    assert len(found) > 50
    translated = catalogue(PACKAGE, "ru")
    assert found.keys() - translated.keys() == set()
    assert translated.keys() - found.keys() == set()
    for singular, said in found.items():
        forms = translated[singular]
        assert len(forms) == (3 if len(said) == 2 else 1), singular
        assert all(_values(form) == _values(singular) for form in forms), singular
        assert all(sorted(re.findall(r"</?\w+", f)) == sorted(re.findall(r"</?\w+", singular)) for f in forms), singular


def test_commands_are_those_that_telegram_takes_and_that_the_readme_lists() -> None:
    readme = (ROOT.parents[1] / "README.md").read_text()
    assert len({each.name for each in COMMANDS}) == len(COMMANDS) <= 100
    for each in COMMANDS:
        assert re.fullmatch(r"[a-z0-9_]{1,32}", each.name)
        assert all(1 <= len(said) <= 256 for said in (each.does, catalogue(PACKAGE, "ru")[each.does][0]))
        assert f"`/{each.name}`" in readme
