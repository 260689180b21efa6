"""A private RabbitMQ node: ports, Erlang cookie, port mapper (epmd) and data of its own, loopback only."""

import os
import shutil
import socket
import subprocess
from collections.abc import Mapping
from pathlib import Path
from urllib.parse import urlsplit

from local import debian, processes
from local.errors import LocalError
from local.instance import Instance, write_private_json
from local.kind import Binaries, Image, Kind, is_up
from local.ports import HOST, answers
from local.spaceless import forget, spaceless

NAME = "rabbitmq"
METRICS = "rabbitmq-metrics"
"""Under which the port of its metrics is remembered."""
USER = "pulse"
PROTOCOL_HEADER = b"AMQP\x00\x00\x09\x01"
NOT_RUNNING_YET = "requires the 'rabbit' app to be running"
"""A node greets its clients a moment before its own programs count it as started."""


def find(prefix: Path) -> Binaries | None:
    """The folder of RabbitMQ's own scripts on this machine, or unpacked below `prefix`.

    Not the `rabbitmq-server` on the PATH: Debian's is a wrapper that switches to another user.
    """
    prefix = spaceless(prefix)
    found = sorted(prefix.glob("usr/lib/rabbitmq/lib/*/sbin/rabbitmq-server"))
    on_path = shutil.which("rabbitmq-server") if prefix == Path("/") else None
    if on_path and (Path(on_path).resolve().parent / "rabbitmq-env").exists():
        found.append(Path(on_path).resolve())
    return Binaries(found[-1].parent, debian.environment(prefix)) if found else None


def url(password: str, port: int) -> str:
    """The URL of the default vhost."""
    return f"amqp://{USER}:{password}@{HOST}:{port}/"


def probe(amqp_url: str) -> None:
    """Returns when a broker greets us there; raises OSError or LocalError otherwise."""
    parts = urlsplit(amqp_url)
    default = 5671 if parts.scheme == "amqps" else 5672
    with socket.create_connection((parts.hostname or HOST, parts.port or default), timeout=5) as connection:
        if parts.scheme == "amqps":
            return
        connection.sendall(PROTOCOL_HEADER)
        greeting = connection.recv(16)
    # Connection.Start: a method frame (1) on channel 0; anything else is another server or version.
    if not greeting.startswith(b"\x01\x00\x00"):
        raise LocalError(f"what listens on port {parts.port or default} is not an AMQP 0-9-1 broker")


def start(binaries: Binaries, instance: Instance) -> str:
    """Starts the private node unless it runs; returns its URL once it takes connections (about 6 s)."""
    record, log = _record(instance), instance.log(NAME)
    if processes.running(record) is None:
        for key in ("rabbitmq", "rabbitmq-dist", METRICS):
            instance.port(key)
        _start_epmd(binaries, instance)
        env = _environment(binaries, instance)
        _configure(instance)
        processes.spawn([binaries.folder / "rabbitmq-server"], record=record, log=log, env=env)
    address = url(instance.secret(NAME), instance.last_port(NAME))
    processes.wait_ready("RabbitMQ", record, log, lambda: is_up(probe, address), timeout_seconds=90)
    return address


def stop(instance: Instance) -> None:
    """Stops the private node if it runs; queues and messages stay."""
    processes.stop(_record(instance), timeout_seconds=60)  # on SIGTERM a node closes its queues and ends
    processes.stop(_epmd_record(instance))
    forget(instance.folder / NAME)


def metrics_target(instance: Instance) -> dict[str, str]:
    """The URL of its metrics by its name; nothing where there is no private node, or an ephemeral one."""
    port = instance.ports().get(METRICS)
    is_shown = not instance.ephemeral and port is not None and processes.running(_record(instance)) is not None
    return {NAME: f"http://{HOST}:{port}/metrics"} if is_shown else {}


def control(binaries: Binaries, instance: Instance, *arguments: str, program: str = "rabbitmqctl") -> str:
    """Runs one of RabbitMQ's programs against the private node; raises LocalError with its words when it refuses."""

    def ran(program: str, *arguments: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [binaries.folder / program, "-q", *arguments],
            env=_environment(binaries, instance),
            capture_output=True,
            text=True,
            check=False,
            stdin=subprocess.DEVNULL,
        )

    answer = ran(program, *arguments)
    if answer.returncode != 0 and NOT_RUNNING_YET in answer.stderr + answer.stdout:
        ran("rabbitmqctl", "await_startup", "--timeout", "60")
        answer = ran(program, *arguments)
    if answer.returncode != 0:
        raise LocalError(f"{program} {arguments[0]}: {(answer.stderr or answer.stdout).strip()}")
    return answer.stdout


def import_definitions(binaries: Binaries, instance: Instance, made: Mapping[str, object]) -> None:
    """Gives the private node users, permissions and what else `made` has; raises LocalError when it refuses."""
    file = _folder(instance) / "definitions.json"
    try:
        write_private_json(file, made)
        control(binaries, instance, "import_definitions", str(file))
    finally:
        file.unlink(missing_ok=True)


def _environment(binaries: Binaries, instance: Instance) -> dict[str, str]:
    folder = _folder(instance)
    inherited = {key: value for key, value in os.environ.items() if not key.startswith(("RABBITMQ_", "ERL_"))}
    loopback = "-kernel inet_dist_use_interface {127,0,0,1}"
    dist_port = instance.last_port("rabbitmq-dist")
    return (
        inherited
        | dict(binaries.env)
        | {
            "HOME": str(folder),  # of the Erlang cookie
            "RABBITMQ_NODENAME": f"pulse-{instance.name}@localhost",
            "RABBITMQ_NODE_PORT": str(instance.last_port("rabbitmq")),
            "RABBITMQ_NODE_IP_ADDRESS": HOST,
            "RABBITMQ_DIST_PORT": str(dist_port),
            "ERL_EPMD_PORT": str(instance.last_port("rabbitmq-epmd")),
            "ERL_EPMD_ADDRESS": HOST,
            "RABBITMQ_MNESIA_BASE": str(folder / "mnesia"),
            "RABBITMQ_LOG_BASE": str(folder / "log"),
            "RABBITMQ_LOGS": "-",
            "RABBITMQ_CONFIG_FILE": str(folder / "rabbitmq.conf"),
            "RABBITMQ_ADVANCED_CONFIG_FILE": str(folder / "advanced.config"),
            "RABBITMQ_CONF_ENV_FILE": str(folder / "rabbitmq-env.conf"),
            "RABBITMQ_ENABLED_PLUGINS_FILE": str(folder / "enabled_plugins"),
            "RABBITMQ_PID_FILE": str(folder / "node.pid"),
            "RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS": loopback,
            "RABBITMQ_CTL_ERL_ARGS": loopback,
            # With "input allowed" the script becomes the node itself instead of a shell that watches it.
            "RABBITMQ_ALLOW_INPUT": "1",
            "RABBITMQ_SERVER_START_ARGS": "-noinput",
        }
    )


def _configure(instance: Instance) -> None:
    folder = _folder(instance)
    config = folder / "rabbitmq.conf"
    config.touch(mode=0o600)
    config.write_text(
        f"default_user = {USER}\n"
        f"default_pass = {instance.secret(NAME)}\n"
        "default_vhost = /\n"
        "default_permissions.configure = .*\n"
        "default_permissions.read = .*\n"
        "default_permissions.write = .*\n"
        "default_user_tags.administrator = true\n"
        "vm_memory_high_watermark.relative = 0.3\n"
        "disk_free_limit.absolute = 100MB\n"
        "log.console.level = info\n"
        "log.connection.level = warning\n"
        + (
            ""
            if instance.ephemeral
            else f"prometheus.tcp.ip = {HOST}\nprometheus.tcp.port = {instance.last_port(METRICS)}\n"
        )
    )
    # For what is thrown away nobody looks at it, and it takes a while to start.
    (folder / "enabled_plugins").write_text("[].\n" if instance.ephemeral else "[rabbitmq_prometheus].\n")
    cookie = folder / ".erlang.cookie"
    if not cookie.exists():
        cookie.touch(mode=0o600)
        cookie.write_text(instance.secret("erlang-cookie"))
        cookie.chmod(0o400)


def _start_epmd(binaries: Binaries, instance: Instance) -> None:
    record, log = _epmd_record(instance), instance.log("epmd")
    if processes.running(record) is not None:
        return
    port = instance.port("rabbitmq-epmd")
    program = shutil.which("epmd", path=binaries.env.get("PATH"))
    if program is None:
        raise LocalError("RabbitMQ is here but Erlang's epmd is not: install the package erlang-base")
    env = os.environ | binaries.env
    command = [program, "-address", HOST, "-port", str(port)]
    processes.spawn(command, record=record, log=log, env=env)
    processes.wait_ready("epmd", record, log, lambda: answers(port), timeout_seconds=10)


def _folder(instance: Instance) -> Path:
    return spaceless(instance.server_folder(NAME))


def _record(instance: Instance) -> Path:
    return instance.folder / NAME / "process.json"


def _epmd_record(instance: Instance) -> Path:
    return instance.folder / NAME / "epmd.json"


RABBITMQ = Kind(
    name=NAME,
    title="RabbitMQ",
    variable="RABBITMQ_URL",
    package="rabbitmq-server",
    image=Image(
        "rabbitmq:4.1.4-alpine",
        5672,
        env=lambda password: {"RABBITMQ_DEFAULT_USER": USER, "RABBITMQ_DEFAULT_PASS": password},
        command=lambda _: "",
    ),
    find=find,
    url=url,
    probe=probe,
    start=start,
    stop=stop,
)
