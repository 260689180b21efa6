"""Who is told of alerts: the file of routes, completed by whom the settings name.

Only under Compose: Debian's Alertmanager reads its templates where its package puts them, and starts from nowhere else.
"""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from local.errors import LocalError

PACKAGE = "prometheus-alertmanager"
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
