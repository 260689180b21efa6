"""The files that are written from this package, and what they are to hold."""

import json
from collections.abc import Mapping
from pathlib import Path

from observability.objective_rules import rules
from observability.overview import overview
from observability.seller import seller
from observability.servers import servers
from observability.services import services
from observability.wildberries import wildberries

FOLDER = Path(__file__).resolve().parents[2]
"""`infra/observability`."""


def written() -> Mapping[Path, str]:
    """The text of each, by its path."""
    dashboards = [overview(), *services(), wildberries(), servers(), seller()]
    return {
        FOLDER / "rules" / "objectives.yml": rules(),
        **{
            FOLDER / "dashboards" / f"{each.uid.removeprefix('pulse-')}.json": json.dumps(
                each.json(), indent=1, ensure_ascii=False
            )
            + "\n"
            for each in dashboards
        },
    }


def write() -> None:
    """Write them all."""
    for path, text in written().items():
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)


def outdated() -> list[Path]:
    """Those that are not what they are to be, and dashboards that nothing makes."""
    texts = written()
    wrong = [path for path, text in texts.items() if not path.exists() or path.read_text() != text]
    return wrong + [path for path in sorted((FOLDER / "dashboards").glob("*.json")) if path not in texts]
