"""`make bench`: Pulse beside the bare stack in the same run; a table, then one JSON object."""

import asyncio
import json
import os
import sys
from typing import Any

from local import servers

from bench import flow, folding, pages, relay, replaying, sending

NAME = "bench"


def main() -> int:
    """Measure everything and print it."""
    figures: dict[str, Any] = flow.measure() | _on_own_servers()
    width = max(map(len, figures))
    print(f"{'':<{width}}  {'ours':>10}  {'bare':>10}  {'ratio':>6}  unit")
    for name, entry in figures.items():
        print(
            f"{name:<{width}}  {_cell(entry['ours']):>10}  {_cell(entry['bare']):>10}"
            f"  {_cell(entry['ratio']):>6}  {entry['unit']}"
        )
    print(json.dumps(figures))
    return 0


def _on_own_servers() -> dict[str, Any]:
    running = servers.start(NAME, ephemeral=True)
    try:
        os.environ |= running.env
        parts = (pages, folding, relay, sending, replaying)
        return {name: entry for part in parts for name, entry in asyncio.run(part.measure()).items()}
    finally:
        servers.destroy(NAME)


def _cell(value: float | None) -> str:
    return "" if value is None else f"{value:,.2f}".rstrip("0").rstrip(".")


if __name__ == "__main__":
    sys.exit(main())
