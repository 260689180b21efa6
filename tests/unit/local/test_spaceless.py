"""Paths without spaces."""

from pathlib import Path

import pytest
from local import up
from local.errors import LocalError
from local.spaceless import forget, spaceless


@pytest.fixture(autouse=True)
def links(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr("tempfile.gettempdir", lambda: str(tmp_path))
    return tmp_path


def test_a_path_without_spaces_stays_as_it_is(tmp_path: Path) -> None:
    assert spaceless(tmp_path) == tmp_path


def test_a_path_with_spaces_gets_a_link_that_lasts_until_it_is_forgotten(tmp_path: Path) -> None:
    folder = tmp_path / "my folder"
    folder.mkdir()
    link = spaceless(folder)
    assert " " not in str(link)
    assert link.resolve() == folder
    assert spaceless(folder) == link
    forget(folder)
    assert not link.is_symlink()
    forget(folder)


def test_a_link_of_somebody_else_is_refused(tmp_path: Path) -> None:
    folder = tmp_path / "my folder"
    folder.mkdir()
    link = spaceless(folder)
    link.unlink()
    link.symlink_to(tmp_path)
    with pytest.raises(LocalError, match="is not ours"):
        spaceless(folder)
    forget(folder)
    assert link.is_symlink()


def test_cleaning_forgets_the_links_to_unpacked_packages(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("local.compose.available", lambda: False)
    package = tmp_path / "my folder" / ".local" / "debian" / "rabbitmq-server"
    package.mkdir(parents=True)
    link = spaceless(package)
    up.clean(tmp_path / "my folder")
    assert not link.is_symlink()
