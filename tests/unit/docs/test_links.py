"""Links between the committed pages lead somewhere."""

import re
from pathlib import Path
from urllib.parse import unquote

import pytest
from local.workspace import find_root

ROOT = find_root(Path(__file__).parent)
PAGES = sorted(
    [
        *ROOT.glob("*.md"),
        *(page for part in ("contracts", "docs", "infra", "services") for page in ROOT.glob(f"{part}/**/*.md")),
    ]
)
CODE = re.compile(r"^```.*?^```|`[^`\n]*`", re.MULTILINE | re.DOTALL)
LINK = re.compile(r"\]\(([^)\s]+)\)")


def links(page: Path) -> list[str]:
    """The page's links to other files and to headings, outside of code."""
    found = LINK.findall(CODE.sub("", page.read_text()))
    return [link for link in found if not re.match(r"[a-z]+:", link)]


def anchors(page: Path) -> set[str]:
    """What GitHub makes of the page's headings."""
    headings = re.findall(r"^#+ +(.+)$", page.read_text(), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


def test_the_pages_are_found() -> None:
    names = {str(page.relative_to(ROOT)) for page in PAGES}
    assert {"README.md", "docs/architecture.md", "infra/local/README.md", "services/gateway/README.md"} <= names


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_every_link_leads_somewhere(page: Path) -> None:
    for link in links(page):
        path, _, anchor = unquote(link).partition("#")
        target = page.parent / path if path else page
        assert target.exists(), link
        assert not anchor or anchor in anchors(target), link


def test_every_decision_is_listed() -> None:
    decisions = {page.name for page in (ROOT / "docs" / "adr").glob("0*.md")}
    assert decisions == set(links(ROOT / "docs" / "adr" / "README.md"))
