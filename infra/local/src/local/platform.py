"""All services of Pulse as background processes on a named set of servers."""

from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from pathlib import Path

from local import alertmanager, exporters, processes, prometheus, rabbitmq
from local.commands import module_command
from local.environments import CLIENTS, SERVICES, caller_environment, service_environment
from local.errors import LocalError
from local.instance import Instance, read_json, write_private_json
from local.kind import Binaries, Progress
from local.ports import HOST, is_well
from local.prepare import SEALED_TO, Prepared, prepare
from local.servers import Servers, silent

READY_SECONDS = 60
STOP_SECONDS = 30
RECORDS = "services"


@dataclass(frozen=True)
class Platform:
    """What was started; `environments` is the whole environment of each service."""

    instance: Instance
    environments: Mapping[str, Mapping[str, str]]

    def url(self, service: str) -> str:
        """Where the service answers, without a path."""
        return f"http://{HOST}:{self.environments[service]['PORT']}"

    def metrics_url(self, service: str) -> str:
        """Where an operator sees how the service fares; the gateway has a port of its own for it."""
        environment = self.environments[service]
        return f"http://{HOST}:{environment.get('METRICS_PORT') or environment['PORT']}/metrics"

    @property
    def prometheus_url(self) -> str | None:
        """Where the Prometheus beside the services answers; none: there is none."""
        return self.environments["gateway"].get("PROMETHEUS_URL")

    def log(self, service: str) -> Path:
        """The file with everything the service has printed."""
        return self.instance.log(service)

    def pid(self, service: str) -> int | None:
        """The pid of the service if it runs."""
        return processes.running(record_of(self.instance, service))

    def start_service(self, service: str) -> None:
        """Starts one service unless it runs, without waiting; `wait_ready` waits."""
        if self.pid(service) is None:
            processes.spawn(
                module_command(service, "serve"),
                record=record_of(self.instance, service),
                log=self.log(service),
                env=self.environments[service],
                cwd=self.instance.folder,
            )

    def wait_ready(self, service: str) -> None:
        """Waits until /health/ready answers 200; raises LocalError with the end of its log otherwise."""
        port = int(self.environments[service]["PORT"])
        record = record_of(self.instance, service)
        processes.wait_ready(service, record, self.log(service), lambda: is_ready(port), READY_SECONDS)

    def told(self, service: str, changes: Mapping[str, str]) -> "Platform":
        """The platform whose service finds these changes in its environment at its next start; others too."""
        environments = {**self.environments, service: {**self.environments[service], **changes}}
        write_private_json(_environments(self.instance), environments)
        return replace(self, environments=environments)

    def kill(self, service: str) -> None:
        """SIGKILL, and gone when this returns."""
        processes.kill(record_of(self.instance, service))

    def stop_service(self, service: str) -> None:
        """SIGTERM, and gone when this returns; killed after 30 s."""
        processes.stop(record_of(self.instance, service), timeout_seconds=STOP_SECONDS)

    def stop(self) -> None:
        """Stops all services at the same time; the servers go on."""
        stop(self.instance)


def start(
    servers: Servers,
    *,
    database: str = "pulse",
    rabbitmq_url: str | None = None,
    env: Mapping[str, str] | None = None,
    gateway_port: int | None = None,
    has_clients: bool = False,
    is_observed: bool = False,
    progress: Progress = silent,
) -> Platform:
    """Prepares `servers` and starts every service on them, with `has_clients` the bot too; returns once all are ready.

    `env` goes over the caller's environment; services of that name which run already are stopped first.
    `rabbitmq_url` is the administrator's, for a vhost of one's own; each service connects as its own user.
    `is_observed` starts a Prometheus beside them, and an Alertmanager if somebody is to be told of alerts, unless they
    cannot be had or the environment says otherwise. Raises LocalError, and stops what it started, when one fails.
    """
    caller = caller_environment(env)
    # Whom it names wrongly would learn of it when nobody calls him.
    routes = alertmanager.configuration(caller) if is_observed and alertmanager.is_wanted(caller) else None
    broker = rabbitmq_url or servers.rabbitmq_url
    stop(servers.instance)
    prepared = prepare(
        servers, database=database, rabbitmq_url=broker, env=caller, progress=progress, has_clients=has_clients
    )
    observer = None
    if is_observed and prometheus.is_wanted(caller):
        observer = prometheus.find_or_fetch(servers.instance.root, progress)
    shared = {"REDIS_URL": servers.redis_url}
    environments = {
        service: service_environment(
            service, caller, shared | _own(service, prepared, servers.instance, gateway_port, caller)
        )
        for service in SERVICES
    }
    for client in CLIENTS if has_clients else ():
        own = {
            "PORT": str(servers.instance.port(client)),
            "GATEWAY_URL": f"http://{HOST}:{environments['gateway']['PORT']}",
            "GATEWAY_API_KEY": prepared.gateway_key,
        }
        environments[client] = service_environment(client, caller, own)
    if observer is not None:
        environments["gateway"]["PROMETHEUS_URL"] = prometheus.url(servers.instance)
    write_private_json(_environments(servers.instance), environments)
    platform = Platform(servers.instance, environments)
    try:
        for service in environments:
            platform.start_service(service)
        for service in environments:
            platform.wait_ready(service)
            progress(f"{service} is ready at {platform.url(service)}, its metrics at {platform.metrics_url(service)}")
        if observer is not None:
            _observe(platform, servers, observer, routes, progress)
        elif routes is not None:
            progress("nobody is told of alerts: no Prometheus of this platform watches it")
    except BaseException:
        platform.stop()
        raise
    return platform


def _observe(platform: Platform, servers: Servers, observer: Binaries, routes: str | None, progress: Progress) -> None:
    """Whatever becomes of it, the services run. `routes` say who is told of alerts; None: nobody."""
    targets = {service: platform.metrics_url(service) for service in platform.environments}
    targets |= rabbitmq.metrics_target(servers.instance) | exporters.start(servers, progress)
    address = platform.environments["gateway"]["PROMETHEUS_URL"]
    teller = None if routes is None else _tell(servers.instance, routes, progress)
    try:
        prometheus.start(observer, servers.instance, address, targets, teller)
    except LocalError as error:
        progress(f"no Prometheus: {error}")
    else:
        progress(f"Prometheus is ready at {address}")


def _tell(instance: Instance, routes: str, progress: Progress) -> str | None:
    """Where the Alertmanager with these routes answers; None, and why, where there is none."""
    binaries = alertmanager.find_or_fetch(instance.root, progress)
    if binaries is not None:
        try:
            address = alertmanager.start(binaries, instance, routes)
        except LocalError as error:
            progress(f"no Alertmanager: {error}")
        else:
            progress(f"Alertmanager is ready at {address}")
            return address
    progress("nobody is told of alerts")
    return None


def load(instance: Instance) -> Platform | None:
    """The platform as it was started last under that name, perhaps by another process; None if never."""
    environments = read_json(_environments(instance))
    return Platform(instance, environments) if environments else None


def stop(instance: Instance) -> None:
    """Stops the services recorded under the instance, however many of each there are, and what observes them; whoever
    started them."""
    observers = (prometheus.stop, alertmanager.stop, exporters.stop)
    records = sorted((instance.folder / RECORDS).glob("*.json"))
    with ThreadPoolExecutor(len(observers) + len(records)) as pool:
        observing = [pool.submit(stop_one, instance) for stop_one in observers]
        list(pool.map(lambda record: processes.stop(record, timeout_seconds=STOP_SECONDS), records))
        for each in observing:
            each.result()


def _own(
    service: str, prepared: Prepared, instance: Instance, gateway_port: int | None, caller: Mapping[str, str]
) -> dict[str, str]:
    port = instance.port(service, gateway_port if service == "gateway" else None)
    own = {
        "DATABASE_URL": prepared.database_urls[service],
        "RABBITMQ_URL": prepared.rabbitmq_urls[service],
        "PORT": str(port),
    }
    if service == "gateway":
        own |= {setting: prepared.public_keys[receiver] for setting, receiver in SEALED_TO.items()}
        own["ACCESS_TOKEN_SECRETS"] = caller.get("ACCESS_TOKEN_SECRETS") or instance.secret("access-tokens")
        own["METRICS_PORT"] = str(instance.port("gateway-metrics"))
        own["REPORTER_URL"] = f"http://{HOST}:{instance.port('reporter-reports')}"
    if service == "reporter":
        own["REPORTS_PORT"] = str(instance.port("reporter-reports"))
    if service == "audit":
        own["HEAD_SIGNING_KEY"] = caller.get("HEAD_SIGNING_KEY") or prepared.head_key
        if not caller.get("HEADS_URL"):
            own["HEADS_PATH"] = caller.get("HEADS_PATH") or str(instance.folder / "heads.ndjson")
    if service in prepared.private_keys:
        own["SEAL_PRIVATE_KEYS"] = prepared.private_keys[service]
    return own


def record_of(instance: Instance, process: str) -> Path:
    """Where a process is recorded, so that `stop` finds it: a service, or another one of it under its own name."""
    return instance.folder / RECORDS / f"{process}.json"


def _environments(instance: Instance) -> Path:
    return instance.folder / "services.json"


def is_ready(port: int) -> bool:
    """Whether the service at that port says that it is ready."""
    return is_well(port, "/health/ready")
