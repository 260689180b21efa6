"""Who is told of alerts: routes, completed by whom the settings name, and an Alertmanager on this machine."""

import json
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from local import processes, programs
from local.errors import LocalError
from local.instance import Instance, write_private
from local.kind import Binaries, Progress
from local.ports import HOST, is_well

PACKAGE = "prometheus-alertmanager"
READY_SECONDS = 30
TEMPLATES = b"/usr/share/prometheus/alertmanager"
MOVED = b"usr//share/prometheus/alertmanager"
"""The same place as seen from where the package was unpacked, and as many bytes."""
BASE = Path(__file__).resolve().parents[3] / "observability" / "alertmanager.yml"
RECEIVERS = "\nreceivers:\n"
CHAT, TOKEN, WEBHOOK = "ALERT_TELEGRAM_CHAT_ID", "ALERT_TELEGRAM_BOT_TOKEN", "ALERT_WEBHOOK_URL"
SETTINGS = (CHAT, TOKEN, WEBHOOK)
TELEGRAM = "https://api.telegram.org"

MESSAGE = (
    '{{ range .Alerts }}{{ if eq .Status "firing" }}🔴{{ else }}🟢{{ end }} {{ .Labels.alertname }}'
    " ({{ .Labels.severity }}): {{ .Annotations.summary }}\n{{ .Annotations.runbook }}\n{{ end }}"
)


def is_wanted(settings: Mapping[str, str]) -> bool:
    """Whether anybody is to be told."""
    return bool(settings.get(CHAT) or settings.get(WEBHOOK))


def configuration(settings: Mapping[str, str]) -> str:
    """The file of routes with those who are told; without any of `SETTINGS` as it is.

    The bot is that of ALERT_TELEGRAM_BOT_TOKEN, or Pulse's own. Raises LocalError for what is no chat and no address.
    """
    text = BASE.read_text()
    if not is_wanted(settings):
        return text
    told: dict[str, Any] = {}
    if chat := settings.get(CHAT):
        told["telegram_configs"] = [_telegram(chat, settings)]
    if address := settings.get(WEBHOOK):
        if urlsplit(address).scheme not in {"http", "https"} or not urlsplit(address).netloc:
            raise LocalError(f"{WEBHOOK} is not an address: it begins with http:// or https://")
        told["webhook_configs"] = [{"url": address, "send_resolved": True}]
    receivers = [{"name": name, **told} for name in ("page", "ticket")]
    return (
        text.partition(RECEIVERS)[0] + RECEIVERS.rstrip("\n") + " " + json.dumps(receivers, ensure_ascii=False) + "\n"
    )


def find_or_fetch(root: Path, progress: Progress) -> Binaries | None:
    """Debian's; none, and why, where it cannot be had."""
    return programs.find_or_fetch(PACKAGE, root, progress)


def start(binaries: Binaries, instance: Instance, routes: str) -> str:
    """Start it with `routes`, a `configuration`; where it answers. Raises LocalError."""
    folder, record, log = instance.server_folder(PACKAGE), _record(instance), instance.log(PACKAGE)
    stop(instance)
    write_private(folder / "alertmanager.yml", routes)
    port = instance.port(PACKAGE)
    command: list[str | Path] = [
        binaries.folder / PACKAGE,
        f"--config.file={folder / 'alertmanager.yml'}",
        f"--storage.path={folder / 'data'}",
        f"--web.listen-address={HOST}:{port}",
        "--cluster.listen-address=",
        "--log.level=warn",
    ]
    processes.spawn(command, record=record, log=log, env=os.environ | binaries.env, cwd=_with_templates(binaries))
    processes.wait_ready("Alertmanager", record, log, lambda: is_well(port, "/-/ready"), READY_SECONDS)
    return f"http://{HOST}:{port}"


def stop(instance: Instance) -> None:
    """Stop it if it runs; what it was told to be silent about stays."""
    processes.stop(_record(instance))


def _with_templates(binaries: Binaries) -> Path:
    """The folder in which it finds its templates.

    Debian's reads them where its package is installed, does not start without them, and has no option for others.
    The program of a package that was only unpacked is told to look below the folder that it is started in.
    """
    program = binaries.folder / PACKAGE
    unpacked = binaries.folder.parents[1]
    if unpacked == Path("/"):
        return unpacked
    code = program.read_bytes()
    if TEMPLATES in code:
        moved = program.with_suffix(f".{os.getpid()}")
        moved.write_bytes(code.replace(TEMPLATES, MOVED))
        moved.chmod(0o755)
        moved.replace(program)
    return unpacked


def _record(instance: Instance) -> Path:
    return instance.folder / PACKAGE / "process.json"


def _telegram(chat: str, settings: Mapping[str, str]) -> dict[str, Any]:
    token = settings.get(TOKEN) or settings.get("TELEGRAM_BOT_TOKEN")
    if not token:
        raise LocalError(f"{CHAT} is set and no bot is there to write to it: set {TOKEN}")
    try:
        number = int(chat)
    except ValueError:
        raise LocalError(f"{CHAT} is not the number of a chat") from None
    return {
        "api_url": settings.get("TELEGRAM_API_BASE_URL") or TELEGRAM,
        "bot_token": token,
        "chat_id": number,
        "parse_mode": "HTML",
        "message": MESSAGE,
        "send_resolved": True,
    }
