"""Texts of the code and of the catalogues: which msgids a package hands to a language, and what its `.po` says of them.

python tests/support/catalogues.py notifier   write locale/ru.po anew: new msgids have no text yet
"""

import ast
import io
import sys
from collections.abc import Iterator
from importlib import resources
from pathlib import Path
from string import Formatter

from babel.messages.catalog import Catalog, Message
from babel.messages.pofile import read_po, write_po

METHODS = {"text": 1, "plural": 2}
"""Method of a language → how many msgids it begins with."""


def msgids(package: str) -> dict[str, str | None]:
    """Msgid → its English plural, of all modules of a package; `msgid("…")`, `.text("…")` and `.plural("…", "…")`, also
    where the method has a name of its own (`text = about.language.text`)."""
    found: dict[str, str | None] = {}
    for path in sorted(_folder(package).rglob("*.py")):
        source = path.read_text()
        if "translation import" in source or "about.language" in source or "language.text" in source:
            for singular, plural in _calls(ast.parse(source)):
                found[singular] = plural or found.get(singular)
    return found


def stored(package: str, code: str = "ru") -> Catalog:
    """The catalogue as it is committed."""
    content = (_folder(package) / "locale" / f"{code}.po").read_bytes()
    return read_po(io.BytesIO(content), locale=code)


def renew(package: str, code: str = "ru") -> list[str]:
    """Write the catalogue anew; the msgids that have no text."""
    path = _folder(package) / "locale" / f"{code}.po"
    before = stored(package, code) if path.is_file() else Catalog(locale=code)
    after = Catalog(locale=code, project=package, charset="utf-8", fuzzy=False)
    for singular, plural in sorted(msgids(package).items()):
        old = before.get(singular)
        string = old.string if old and isinstance(old.string, tuple) == (plural is not None) else ""
        after.add((singular, plural) if plural else singular, string or ("", "", "") if plural else string)
    buffer = io.BytesIO()
    write_po(buffer, after, width=120, omit_header=True)
    header = f'msgid ""\nmsgstr ""\n"Content-Type: text/plain; charset=utf-8\\n"\n"Language: {code}\\n"\n{_PLURALS}\n'
    path.parent.mkdir(exist_ok=True)
    path.write_text(header + buffer.getvalue().decode())
    return untranslated(after)


_PLURALS = (
    '"Plural-Forms: nplurals=3; plural=(n%10==1 && n%100!=11 ? 0 : n%10>=2 && n%10<=4 && (n%100<10 || n%100>=20) ? 1 : '
    '2);\\n"\n'
)


def untranslated(catalogue: Catalog) -> list[str]:
    """Msgids that have no whole text."""
    return [_key(message) for message in catalogue if message.id and not all(_texts(message))]


def texts(catalogue: Catalog) -> dict[str, tuple[str, ...]]:
    """Msgid → its texts."""
    return {_key(message): _texts(message) for message in catalogue if message.id}


def values(text: str) -> set[str]:
    """The names in a text's braces."""
    return {name for _, name, _, _ in Formatter().parse(text) if name}


def _texts(message: Message) -> tuple[str, ...]:
    string = message.string
    return tuple(string) if isinstance(string, tuple | list) else (string or "",)


def _key(message: Message) -> str:
    return message.id if isinstance(message.id, str) else message.id[0]


def _calls(tree: ast.AST) -> Iterator[tuple[str, str | None]]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Call):
            function = node.func
            is_method = isinstance(function, ast.Attribute)
            name = function.attr if isinstance(function, ast.Attribute) else getattr(function, "id", "")
            count = 1 if name == "msgid" and not is_method else METHODS.get(name, 0)
            given = [str(each.value) for each in node.args[:count] if isinstance(each, ast.Constant)]
            if count and len(given) == count:
                yield given[0], given[1] if len(given) > 1 else None


def _folder(package: str) -> Path:
    return Path(str(resources.files(package)))


if __name__ == "__main__":
    for each in renew(sys.argv[1]):
        print("no text:", each)
