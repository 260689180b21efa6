"""What others wrote is used under a licence that is known and allowed, and an audit says so when it audited nothing."""

import shutil
import stat
from email.message import Message
from importlib.metadata import Distribution, distributions
from pathlib import Path

import pytest
from dependencies import licences, vulnerabilities
from dependencies.__main__ import cli
from dependencies.locked import locked
from local.workspace import find_root
from typer.testing import CliRunner

ROOT = find_root(Path(__file__).parent)


class TestLicences:
    @pytest.mark.parametrize(
        ("licence", "allowed"),
        [
            *(("MIT", True), ("GPL-3.0-or-later", False), ("AGPL-3.0-only", False), ("LGPL-2.1-only", False)),
            *(("MIT OR GPL-3.0-only", True), ("MIT AND GPL-3.0-only", False), ("SSPL-1.0", False), ("", False)),
            *(("(GPL-2.0-only OR MIT) AND ISC", True), ("GPL-2.0-only OR MIT AND SSPL-1.0", False), ("(MIT", False)),
            *(
                ("Apache-2.0 WITH LLVM-exception", True),
                ("GPL-3.0-only WITH GCC-exception-3.1", False),
                ("MIT)", False),
            ),
        ],
    )
    def test_all_of_and_and_one_of_or_must_be_allowed(self, licence: str, allowed: bool) -> None:
        assert licences.is_allowed(licence) is allowed

    @pytest.mark.parametrize(
        ("said", "found"),
        [
            ({"License-Expression": "MIT"}, "MIT"),
            ({"License": "BSD 3-Clause License"}, "BSD-3-Clause"),
            ({"License": "UNKNOWN", "Classifier": "License :: OSI Approved :: MIT License"}, "MIT"),
            ({"License": "as you like"}, None),
            ({"License": "Copyright (c) of\nmany lines"}, None),
            ({}, None),
        ],
    )
    def test_a_licence_is_known_only_where_it_is_said(self, said: dict[str, str], found: str | None) -> None:
        assert licences.expression(_package(said)) == found

    def test_every_package_of_the_lock_is_allowed_and_every_installed_one_is_of_the_lock(self) -> None:
        found = licences.licensed(ROOT)
        assert len(found) > 120
        assert [(each.package.name, each.problem) for each in found if each.problem] == []
        ours = {path.parent.name for path in ROOT.glob("*/*/pyproject.toml")} | {"contracts", "pulse-client"}
        installed = {each.metadata["Name"].lower().replace("_", "-").replace(".", "-") for each in distributions()}
        assert installed - ours <= {each.name for each in locked(ROOT)}

    def test_one_that_is_not_allowed_or_not_known_is_refused(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        for name in ("requirements.lock", "docker-compose.yml", "infra/docker", "tests/dependencies"):
            (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
            copied = shutil.copytree if (ROOT / name).is_dir() else shutil.copy
            copied(ROOT / name, tmp_path / name)
        with (tmp_path / "requirements.lock").open("a") as lock:
            lock.write("nobody-knows==1.0\nhypothesis-gpl==2.0\n")
        stated = licences.stated
        monkeypatch.setattr(
            licences, "stated", lambda name: "GPL-3.0-only" if name == "hypothesis-gpl" else stated(name)
        )
        monkeypatch.setattr("dependencies.__main__.ROOT", tmp_path)
        ended = CliRunner().invoke(cli, ["licence-list"])
        assert ended.exit_code == 1
        assert [line.partition(": ")[0] for line in ended.output.splitlines()] == ["hypothesis-gpl", "nobody-knows"]


class TestHoles:
    def test_a_package_that_nobody_was_asked_about_is_not_taken_for_well(self) -> None:
        well = {"name": "a", "version": "1", "vulns": []}
        ill = {"name": "b", "version": "2", "vulns": [{"id": "PYSEC-1", "fix_versions": ["3"]}]}
        assert vulnerabilities.read({"dependencies": [well, ill]}) == [vulnerabilities.Hole("b 2", "PYSEC-1", ("3",))]
        with pytest.raises(vulnerabilities.NotAudited, match="1 packages, such as c"):
            vulnerabilities.read({"dependencies": [well, {"name": "c", "skip_reason": "not found"}]})

    @pytest.mark.parametrize(
        ("answer", "code", "said"),
        [
            ('{"dependencies": [{"name": "jinja2", "skip_reason": "not found on PyPI"}]}', 3, "nothing was audited"),
            ('{"dependencies": [{"name": "jinja2", "version": "2.4.1", "vulns": []}]}', 3, "knows of no hole"),
            ("", 3, "nothing was audited"),
            (
                '{"dependencies": [{"name": "b", "version": "2", "vulns": [{"id": "PYSEC-1", "fix_versions": []}]}]}',
                1,
                "b 2: PYSEC-1, mended in no version",
            ),
        ],
    )
    def test_it_says_when_it_audited_nothing(self, tmp_path: Path, answer: str, code: int, said: str) -> None:
        asked = tmp_path / "pip-audit"
        asked.write_text(f"#!/bin/sh\ncat <<'END'\n{answer}\nEND\n")
        asked.chmod(asked.stat().st_mode | stat.S_IXUSR)
        ended = CliRunner().invoke(cli, ["holes", str(asked)])
        assert (ended.exit_code, said in ended.output) == (code, True), ended.output


def _package(said: dict[str, str]) -> Distribution:
    class Said(Distribution):
        def read_text(self, filename: str) -> str | None:
            headers = Message()
            for name, value in said.items():
                headers[name] = value.replace("\n", "\n        ")
            return str(headers) if filename == "METADATA" else None

        def locate_file(self, path: object) -> Path:
            raise NotImplementedError

    return Said()
