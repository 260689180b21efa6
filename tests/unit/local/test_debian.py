"""Fetching packages without installing them, against stand-ins for apt-get and dpkg-deb."""

import stat
import subprocess
from pathlib import Path

import pytest
from local import debian
from local.errors import LocalError
from local.servers import silent

# Each call leaves its arguments and configuration; `install` fails until our own lists were updated, if so wished.
APT = """#!/bin/sh
folder=$(dirname "$2")
echo "$*" >> "$folder/calls"
cat "$2" >> "$folder/configs"
case "$*" in
  *" update") touch "$folder/updated" ;;
  *) [ -e "$folder/updated" ] || {ready} || {{ echo 'E: 404 Not Found' >&2; exit 100; }}
     touch "$folder/archives/redis-server/redis.deb" ;;
esac
"""
DPKG = """#!/bin/sh
mkdir -p "$3/usr/lib/erlang/bin" "$3/usr/lib/arch"
touch "$3/usr/lib/arch/libone.so.1"
printf '#!/bin/sh\\nROOTDIR=/usr/lib/erlang\\necho "$ROOTDIR"\\n' > "$3/usr/lib/erlang/bin/erl"
chmod +x "$3/usr/lib/erlang/bin/erl"
"""


def install(folder: Path, name: str, script: str) -> None:
    folder.mkdir(exist_ok=True)
    (folder / name).write_text(script)
    (folder / name).chmod((folder / name).stat().st_mode | stat.S_IXUSR)


def tools(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, *, ready: bool) -> Path:
    install(tmp_path / "bin", "apt-get", APT.format(ready="true" if ready else "false"))
    install(tmp_path / "bin", "dpkg-deb", DPKG)
    monkeypatch.setenv("PATH", f"{tmp_path / 'bin'}:/usr/bin:/bin")
    folder = tmp_path / "with space" / "debian"
    folder.mkdir(parents=True)
    return folder


class TestFetch:
    def test_the_system_lists_are_tried_first_and_nothing_is_fetched_twice(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        folder = tools(tmp_path, monkeypatch, ready=True)
        root = debian.fetch("redis-server", folder, silent)
        assert root == debian.unpacked("redis-server", folder)
        assert debian.fetch("redis-server", folder, silent) == root
        calls = (folder / "calls").read_text().splitlines()
        assert len(calls) == 1
        assert "--download-only" in calls[0]
        assert "Dir::State::lists" not in (folder / "configs").read_text()

    def test_lists_of_our_own_are_brought_up_to_date_when_a_download_fails(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        folder = tools(tmp_path, monkeypatch, ready=False)
        said: list[str] = []
        debian.fetch("redis-server", folder, said.append)
        assert said == ["fetching redis-server and what it needs from Debian", "updating the package lists"]
        assert f'Dir::State::lists "{folder / "lists"}";' in (folder / "configs").read_text()

    def test_the_system_is_left_alone(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        folder = tools(tmp_path, monkeypatch, ready=False)
        debian.fetch("redis-server", folder, silent)
        config = (folder / "configs").read_text()
        assert "#clear APT::Update::Post-Invoke;" in config
        directories = [line for line in config.splitlines() if line.startswith("Dir::")]
        assert directories
        assert all(f'"{folder}' in line for line in directories)

    def test_a_failure_says_what_apt_said_and_leaves_nothing_half_done(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        folder = tools(tmp_path, monkeypatch, ready=False)
        install(tmp_path / "bin", "apt-get", "#!/bin/sh\necho 'E: no network' >&2\nexit 100\n")
        with pytest.raises(LocalError, match="redis-server could not be fetched: E: no network"):
            debian.fetch("redis-server", folder, silent)
        assert not debian.unpacked("redis-server", folder).exists()


class TestEnvironment:
    def test_unpacked_programs_find_their_libraries_and_each_other(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        root = debian.fetch("redis-server", tools(tmp_path, monkeypatch, ready=True), silent)
        env = debian.environment(root)
        assert env["LD_LIBRARY_PATH"].split(":")[0] == str(root / "usr/lib/arch")
        assert env["PATH"].startswith(f"{root / 'usr/lib/erlang/bin'}:")
        assert "ERL_LIBS" not in env

    def test_erlang_that_is_installed_gets_the_libraries_that_are_not(self, tmp_path: Path) -> None:
        assert debian.environment(tmp_path)["ERL_LIBS"] == str(tmp_path / "usr/lib/erlang/lib")

    def test_programs_of_the_machine_need_nothing(self) -> None:
        assert debian.environment(Path("/")) == {}

    def test_erlang_knows_where_it_was_moved_to(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        root = debian.fetch("redis-server", tools(tmp_path, monkeypatch, ready=True), silent)
        said = subprocess.run([root / "usr/lib/erlang/bin/erl"], capture_output=True, text=True, check=True).stdout
        assert said.strip() == str(root / "usr/lib/erlang")


class TestAvailable:
    def test_it_takes_both_tools(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv("PATH", str(tmp_path))
        assert not debian.available()
        for tool in ("apt-get", "dpkg-deb"):
            install(tmp_path, tool, "#!/bin/sh\n")
        assert debian.available()
