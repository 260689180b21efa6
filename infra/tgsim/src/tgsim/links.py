"""Which links Telegram takes in buttons and in `<a href>`."""

import ipaddress
import re
from urllib.parse import urlsplit

_HOST = re.compile(r"(?:[^\W_](?:[\w-]{0,61}[^\W_])?\.)+[^\W\d_][\w-]{1,62}")


def checked_link(url: str) -> str | None:
    """The link as Telegram keeps it (scheme added where missing), or None when it is not a valid one.

    `tg:` links and http(s) links to a dotted host or an IP address pass; `localhost` does not.
    """
    candidate = url.strip()
    if candidate.lower().startswith("tg:"):
        return candidate if len(candidate) > len("tg://") else None
    if "://" not in candidate:
        candidate = f"http://{candidate}"
    try:
        parts = urlsplit(candidate)
        host, _ = parts.hostname or "", parts.port
    except ValueError:
        return None
    if parts.scheme not in ("http", "https") or re.search(r"\s", candidate):
        return None
    return candidate if _HOST.fullmatch(host) or _is_address(host) else None


def _is_address(host: str) -> bool:
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return False
    return True
