"""A Prometheus beside a platform on this machine: it scrapes every service, and watches objectives and symptoms.

It is a convenience, and its lack stops nothing: the services have their metrics without it.
"""

import json
import os
from collections.abc import Mapping
from pathlib import Path
from urllib.parse import urlsplit

from local import processes, programs
from local.instance import Instance
from local.kind import Binaries, Progress
from local.ports import HOST, is_well

NAME = "prometheus"
SETTING = "PROMETHEUS"
OFF = frozenset({"off", "no", "false", "0"})
RULES = Path("infra", "observability", "rules")
SCRAPE_SECONDS = 5
"""As long as services keep what they read for an answer."""
EVALUATION_SECONDS = 15
READY_SECONDS = 30


def is_wanted(env: Mapping[str, str]) -> bool:
    """Whether one is to be started: not with `PROMETHEUS=off`, nor where `PROMETHEUS_URL` names another."""
    return env.get(SETTING, "").lower() not in OFF and not env.get("PROMETHEUS_URL")


def find_or_fetch(root: Path, progress: Progress) -> Binaries | None:
    """`prometheus` and `promtool`; none, and why, where they cannot be had."""
    return programs.find_or_fetch(NAME, root, progress)


def url(instance: Instance) -> str:
    """Where the one of this instance answers, or is going to."""
    return f"http://{HOST}:{instance.port(NAME)}"


def start(
    binaries: Binaries, instance: Instance, address: str, targets: Mapping[str, str], alertmanager: str | None = None
) -> None:
    """Start it at `address`, a `url` of this instance; `targets` are the URLs of metrics by the names of services.

    What fires is told to the `alertmanager` at that URL. Raises LocalError.
    """
    folder, record, log = instance.server_folder(NAME), _record(instance), instance.log(NAME)
    stop(instance)
    (folder / "prometheus.yml").write_text(configuration(targets, instance.root / RULES, alertmanager))
    port = urlsplit(address).port
    command: list[str | Path] = [
        binaries.folder / NAME,
        "--config.file=prometheus.yml",
        "--storage.tsdb.path=data",
        "--storage.tsdb.retention.time=15d",
        "--storage.tsdb.retention.size=512MB",
        f"--web.listen-address={HOST}:{port}",
        "--log.level=warn",
    ]
    processes.spawn(command, record=record, log=log, env=os.environ | binaries.env, cwd=folder)
    processes.wait_ready("Prometheus", record, log, lambda: is_well(port, "/-/ready"), READY_SECONDS)


def stop(instance: Instance) -> None:
    """Stop it if it runs; what it knows stays."""
    processes.stop(_record(instance))


def configuration(targets: Mapping[str, str], rules: Path, alertmanager: str | None = None) -> str:
    """What it scrapes, which rules it has, and who is told what fires. JSON, which is YAML."""
    jobs = [
        {
            "job_name": name,
            "metrics_path": urlsplit(address).path,
            "static_configs": [{"targets": [urlsplit(address).netloc]}],
        }
        for name, address in targets.items()
    ]
    told = [{"static_configs": [{"targets": [urlsplit(alertmanager).netloc]}]}] if alertmanager else []
    return json.dumps(
        {
            "global": {"scrape_interval": f"{SCRAPE_SECONDS}s", "evaluation_interval": f"{EVALUATION_SECONDS}s"},
            "rule_files": [str(rules / "*.yml")],
            "alerting": {"alertmanagers": told},
            "scrape_configs": jobs,
        },
        indent=1,
    )


def _record(instance: Instance) -> Path:
    return instance.folder / NAME / "process.json"
