"""The page about adding a service names every place that lists the services."""

import subprocess
from pathlib import Path

from contracts.envelope import SERVICES
from local import environments
from local.workspace import find_root

ROOT = find_root(Path(__file__).parent)
PAGE = (ROOT / "docs/new-service.md").read_text()
ANATOMY = (
    "__init__.py",
    "__main__.py",
    "app.py",
    "settings.py",
    "tables.py",
    "py.typed",
    "migrations/env.py",
    "jobs/purge.py",
    "jobs/retention.py",
)
ELSEWHERE = ("services/", "tests/unit/", "tests/integration/")
WITHOUT = {("audit", "jobs/purge.py")}
"""Nothing of what it keeps goes with a cabinet."""
WRITTEN = (".md", ".json", ".lock")
"""Pages and what is generated."""


def places() -> list[str]:
    """Files outside the services, and no tests of one, that name each service."""
    files = subprocess.run(
        ["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=True
    ).stdout.splitlines()
    return [
        file for file in files if not file.startswith(ELSEWHERE) and not file.endswith(WRITTEN) and _lists(ROOT / file)
    ]


def _lists(file: Path) -> bool:
    text = file.read_text(errors="replace")
    return all(service in text and f"from {service}" not in text for service in SERVICES)


def test_the_page_names_every_place_that_lists_the_services() -> None:
    found = places()
    assert {"pyproject.toml", "docker-compose.yml", "contracts/src/contracts/topics.py"} <= set(found)
    unnamed = [file for file in found if file not in PAGE and f"`{Path(file).name}`" not in PAGE]
    assert not unnamed, f"tell in docs/new-service.md what a new service is there for: {unnamed}"


def test_services_are_those_of_the_workspace_and_of_the_local_runner() -> None:
    folders = sorted(folder.name for folder in (ROOT / "services").iterdir() if folder.is_dir())
    assert sorted([*SERVICES, *environments.CLIENTS]) == folders
    assert SERVICES == environments.SERVICES


def test_every_service_has_the_anatomy_that_the_page_tells_of() -> None:
    for service in SERVICES:
        package = ROOT / "services" / service / "src" / service
        missing = {(service, part) for part in ANATOMY if not _is_there(package, part)}
        assert missing == {each for each in WITHOUT if each[0] == service}
        assert list(package.glob("handlers/[!_]*.py")), service
    for part in ANATOMY:
        assert f"`{part}`" in PAGE, part


def _is_there(package: Path, part: str) -> bool:
    """A module may have grown into a package."""
    return (package / part).is_file() or (package / part.removesuffix(".py") / "__init__.py").is_file()
