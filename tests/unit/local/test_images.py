"""What gets into the images: packages whose hashes are known, our own code, and nothing else of this folder."""

import json
import re
import subprocess
import sys
import threading
import tomllib
from collections.abc import Iterator
from contextlib import contextmanager
from fnmatch import fnmatchcase
from http.server import BaseHTTPRequestHandler, HTTPServer
from importlib.metadata import distribution
from itertools import accumulate
from pathlib import Path

import pytest
import yaml
from local.environments import PROCESSES
from local.postgres import POSTGRES
from local.rabbitmq import RABBITMQ
from local.redis import REDIS
from local.workspace import find_root
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = find_root(Path(__file__).parent)
DOCKERFILE = ROOT / "infra/docker/Dockerfile"
SIMULATORS = ("wbsim", "tgsim")
IMAGES = (*PROCESSES, *SIMULATORS)
OURS = {"contracts", "pulse-client", "servicekit", *IMAGES}

Locked = dict[str, tuple[str, frozenset[str]]]
"""Name → the requirement with its version and markers, and its hashes."""


def instructions() -> list[tuple[str, str]]:
    """The Dockerfile's instructions with their arguments, continued lines joined."""
    text = re.sub(r"^#.*\n", "", DOCKERFILE.read_text(), flags=re.MULTILINE).replace("\\\n", " ")
    return [(line.split(None, 1)[0], line.split(None, 1)[1]) for line in text.splitlines() if line.strip()]


def copied(service: str) -> Iterator[str]:
    """What the Dockerfile copies from the build context."""
    for name, arguments in instructions():
        assert name != "ADD"
        if name == "COPY" and "--from" not in arguments:
            source = f"{'infra' if service in SIMULATORS else 'services'}/{service}/src"
            yield from arguments.replace("${SOURCE}", source).replace("${SERVICE}", service).split()[:-1]


def locked(path: Path) -> Locked:
    found: Locked = {}
    for entry in re.split(r"\n(?=\S)", path.read_text().strip()):
        if not entry.startswith("-e "):
            stated, *hashes = [line.strip().removesuffix("\\").strip() for line in entry.splitlines()]
            found[canonicalize_name(stated.partition("==")[0])] = (stated, frozenset(hashes))
    return found


def needed(name: str, extras: frozenset[str] = frozenset()) -> Iterator[str]:
    """What a package needs here, itself among it."""
    seen: set[tuple[str, frozenset[str]]] = set()
    upcoming = [(name, extras)]
    while upcoming:
        name, extras = upcoming.pop()
        if (name, extras) in seen:
            continue
        seen.add((name, extras))
        yield name
        for stated in distribution(name).requires or ():
            requirement = Requirement(stated)
            marker = requirement.marker
            if marker is None or any(marker.evaluate({"extra": extra}) for extra in extras or {""}):
                upcoming.append((canonicalize_name(requirement.name), frozenset(requirement.extras)))


class TestPackages:
    def test_nothing_is_installed_without_its_hash(self) -> None:
        commands = [arguments for name, arguments in instructions() if name == "RUN"]
        installing = [each for each in commands if re.search(r"\b(install|download|curl|wget|apk|apt-get|uv)\b", each)]
        [install] = installing
        assert {"--require-hashes", "--no-deps", "--only-binary", "-r"} <= set(install.split())
        assert install.split()[-1].endswith("requirements.lock")
        assert "&&" not in install

    @pytest.mark.parametrize("service", IMAGES)
    def test_an_images_lock_is_a_part_of_the_whole_one(self, service: str) -> None:
        whole, part = locked(ROOT / "requirements.lock"), locked(ROOT / f"infra/docker/{service}.lock")
        assert all(hashes for _, hashes in part.values())
        assert part.items() <= whole.items()

    @pytest.mark.parametrize("service", IMAGES)
    def test_an_images_lock_is_what_the_service_needs(self, service: str) -> None:
        part = locked(ROOT / f"infra/docker/{service}.lock")
        assert set(needed(service)) - OURS <= part.keys()
        assert not part.keys() & {"pytest", "mypy", "ruff", "hypothesis", "slipcover"}


class TestPins:
    """What a build uses is the same tomorrow."""

    def test_every_base_has_a_whole_version(self) -> None:
        bases = [arguments.split()[0] for name, arguments in instructions() if name == "FROM"]
        assert bases
        assert all(is_pinned(base) for base in bases)
        assert len(set(bases)) == 1
        assert bases[0] in DOCKERFILE.read_text().partition("image.base.name=")[2].splitlines()[0]

    def test_every_server_has_one_wherever_it_is_started(self) -> None:
        parts = yaml.safe_load((ROOT / "docker-compose.yml").read_text())["services"].values()
        ours = {part.get("image") for part in parts if "build" in part}
        images = {part["image"] for part in parts if "image" in part} - ours
        images |= {kind.image.name for kind in (POSTGRES, REDIS, RABBITMQ)}
        assert len(images) >= 7
        assert not [image for image in images if not is_pinned(image)]

    @pytest.mark.parametrize(
        "name", ["python", "python:3", "python:3.11", "python:3.11-slim", "python:latest", "a:3.x.1"]
    )
    def test_less_than_that_is_no_pin(self, name: str) -> None:
        assert not is_pinned(name)

    def test_what_builds_our_packages_has_one(self) -> None:
        manifests = [path for path in ROOT.glob("*/**/pyproject.toml") if not {".venv", ".local"} & {*path.parts}]
        required = [tomllib.loads(path.read_text()).get("build-system", {}).get("requires", []) for path in manifests]
        assert len(required) >= len(PROCESSES)
        assert all(re.fullmatch(r"hatchling==\d+(\.\d+)+", each) for some in required for each in some)

    def test_uv_has_one_where_it_is_installed(self) -> None:
        script = (ROOT / "infra/local/bootstrap/uv.sh").read_text()
        assert re.search(r"^version=\d+(\.\d+)+$", script, re.MULTILINE)
        assert 'pip install -q --disable-pip-version-check "uv==$version"' in script


class TestLayers:
    def test_a_change_of_ours_leaves_what_others_wrote_as_it_was(self) -> None:
        said = [f"{name} {arguments}" for name, arguments in instructions()]
        install = next(at for at, line in enumerate(said) if "--require-hashes" in line)
        ours = next(at for at, line in enumerate(said) if line.startswith("COPY contracts/src"))
        assert install < ours
        venv, src = (
            next(at for at, line in enumerate(said) if f"--from=build /app/{part}" in line) for part in ("venv", "src")
        )
        named = next(at for at, line in enumerate(said) if line.startswith("LABEL"))
        assert venv < src < named

    def test_nothing_that_is_compiled_says_when(self) -> None:
        compiling = [arguments for name, arguments in instructions() if "compileall" in arguments]
        assert len(compiling) == 2
        for arguments in compiling:
            assert "--invalidation-mode unchecked-hash" in arguments
            assert re.search(r"find (\S+) -exec touch --no-dereference --date=@0 \{\} \+", arguments)
        [install] = [arguments for _, arguments in instructions() if "--require-hashes" in arguments]
        assert "--no-compile" in install

    def test_it_runs_as_nobody_in_particular(self) -> None:
        assert dict(instructions())["USER"] == "10001:10001"

    def test_it_says_what_it_is(self) -> None:
        labels = set(re.findall(r"org\.opencontainers\.image\.(\S+)=", dict(instructions())["LABEL"]))
        assert labels >= {"title", "description", "version", "revision", "base.name"}


def is_pinned(image: str) -> bool:
    """Whether the name has a digest, or a version of three parts (two, where the project has no more)."""
    two_parts = ("postgres:",)
    parts = 1 if image.startswith(two_parts) else 2
    return bool(re.fullmatch(rf"[a-z0-9._/-]+(@sha256:[0-9a-f]{{64}}|:v?\d+(\.\d+){{{parts}}}(-[a-z0-9.-]+)?)", image))


def is_sent(path: str) -> bool:
    """Whether .dockerignore lets a file in: the last pattern that fits it or a folder above it decides."""
    is_ignored = False
    above = list(accumulate(path.split("/"), lambda folder, name: f"{folder}/{name}"))
    for line in (ROOT / ".dockerignore").read_text().splitlines():
        if line and not line.startswith("#"):
            pattern = line.removeprefix("!")
            if any(fits(each, pattern) for each in above):
                is_ignored = not line.startswith("!")
    return not is_ignored


def fits(path: str, pattern: str) -> bool:
    names, patterns = path.split("/"), pattern.split("/")
    if patterns[0] == "**":
        return any(fits("/".join(names[start:]), "/".join(patterns[1:])) for start in range(len(names)))
    return len(names) == len(patterns) and all(map(fnmatchcase, names, patterns))


class TestContext:
    @pytest.mark.parametrize("service", IMAGES)
    def test_all_that_is_copied_is_sent(self, service: str) -> None:
        for each in copied(service):
            files = [ROOT / each] if (ROOT / each).is_file() else [f for f in (ROOT / each).rglob("*") if f.is_file()]
            kept = [str(file.relative_to(ROOT)) for file in files if "__pycache__" not in file.parts]
            assert kept
            assert all(map(is_sent, kept))

    @pytest.mark.parametrize(
        "path",
        [
            ".env", ".env.backup", ".git", ".git/config", ".local/env", ".venv/bin/python", "docker-compose.yml",
            "tests/conftest.py", "docs/adr/README.md", "services/gateway/.env", "services/gateway/src/.env",
            "contracts/src/contracts/.env.local", "services/gateway/pyproject.toml", "infra/demo/src/demo/live.py",
            ".secrets/rabbitmq_url",
            "uv.lock", "id_rsa", "new/secret.txt", "services/gateway/src/gateway/__pycache__/app.cpython-311.pyc",
        ],
    )  # fmt: skip
    def test_nothing_else_is(self, path: str) -> None:
        assert not is_sent(path)

    def test_of_this_folder_no_more_than_the_code_is_sent(self) -> None:
        sent = {line.removeprefix("!") for line in (ROOT / ".dockerignore").read_text().splitlines() if line[:1] == "!"}
        wanted = {"infra/docker/*.lock" if each.endswith(".lock") else each for s in IMAGES for each in copied(s)}
        assert sent == wanted


@contextmanager
def answering(status: int) -> Iterator[int]:
    """The port of a service whose /health has that status, and nothing else is there."""

    class Health(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(status if self.path == "/health" else 404)
            self.end_headers()

        def log_message(self, format: str, *args: object) -> None:
            pass

    server = HTTPServer(("127.0.0.1", 0), Health)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield server.server_address[1]
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


@pytest.mark.parametrize(("status", "code"), [(200, 0), (503, 1), (404, 1)])
def test_the_health_check_of_an_image_is_well_if_the_service_says_so(status: int, code: int) -> None:
    [said] = [arguments for name, arguments in instructions() if name == "HEALTHCHECK"]
    _, *words = json.loads(said.partition(" CMD ")[2])
    with answering(status) as port:
        checked = subprocess.run(
            [sys.executable, *words], env={"PORT": str(port)}, capture_output=True, text=True, check=False, timeout=30
        )
    assert (checked.returncode, checked.stderr) == (code, "")
