"""`python -m demo.pictures`: the pictures of the documentation, taken of a real run of everything.

The whole of Pulse runs between the two fakes, a seller asks the bot, and a browser without a window photographs his
chat as a phone shows it.
"""

import io
import sys
import time
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Annotated
from urllib.parse import urlencode

import typer
from local.errors import LocalError
from tgsim.picture import NoPicture, Shoot, camera

from demo.fakes import FakeFailed
from demo.installation import TELEGRAM_ID, Installation, NotReady, Progress, installation, wait_until
from demo.person import Person
from demo.scenes import SCENES, Scene, Stage

NAME = "pictures"
WIDTH = 420
COLOURS = 64
PAST_DAYS = 120
COST_SHARE = 0.4
"""Of an item's price: what the seller has paid for it."""

FIGURES_SECONDS = 180
LOOKS, LOOK_SECONDS = 5, 2.0

PAGE = """\
# Pictures

What sellers see in Telegram. Made by `make pictures` of a run of the whole platform between the fake Wildberries and
the fake Telegram; the shop, its items and its buyers are invented. The texts of all messages:
[messages.md](messages.md).
"""

cli = typer.Typer(add_completion=False, pretty_exceptions_enable=False)


@cli.command()
def pictures(
    out: Annotated[Path, typer.Option(help="The folder of the pictures.")] = Path("docs/pictures"),
    page: Annotated[Path, typer.Option(help="The page that shows them.")] = Path("docs/pictures.md"),
    only: Annotated[list[str] | None, typer.Option(help="One picture; may be repeated. Without it, all.")] = None,
    history_orders: Annotated[int, typer.Option(min=1, help="Orders of the 90 days before.")] = 4000,
) -> None:
    """Take the pictures of the documentation anew; ends with 2 and what to install where there is no Chromium."""
    scenes = [scene for scene in SCENES if not only or scene.name in only]
    began = time.monotonic()

    def say(text: str) -> None:
        print(f"[{time.monotonic() - began:6.1f} s] {text}", flush=True)

    try:
        with camera() as shoot:
            options = ["--no-limits", "--bot-name", "Pulse"]
            with installation(
                NAME, history_orders=history_orders, progress=say, telegram_limits=options, has_bot=True
            ) as pulse:
                cabinet_id = pulse.connect_cabinet(say)
                _enter_costs(pulse, cabinet_id)
                _await_figures(pulse, cabinet_id)
                say("figures are counted")
                out.mkdir(parents=True, exist_ok=True)
                _take(pulse, scenes, shoot, out, say)
    except (NoPicture, LocalError, FakeFailed, NotReady) as error:
        print(error, file=sys.stderr)
        raise typer.Exit(2 if isinstance(error, NoPicture) else 1) from error
    page.write_text(document(SCENES, out.name))


def document(scenes: Sequence[Scene], folder: str) -> str:
    """The page that shows the pictures in `folder`, two beside each other."""
    cells = [
        f'<td valign="top" width="50%">{scene.title}<br><img src="{folder}/{scene.name}.png" width="{WIDTH}"></td>'
        for scene in scenes
    ]
    rows = ["<tr>\n" + "\n".join(cells[at : at + 2]) + "\n</tr>" for at in range(0, len(cells), 2)]
    return f"{PAGE}\n<table>\n" + "\n".join(rows) + "\n</table>\n"


def _take(pulse: Installation, scenes: Sequence[Scene], shoot: Shoot, out: Path, say: Progress) -> None:
    stage = Stage(pulse, Person(pulse.telegram))
    for scene in scenes:
        message = scene.play(stage)
        query = {"chat_id": TELEGRAM_ID, "message_id": message["message_id"]}
        page = f"{pulse.telegram.url}/_sim/inbox?{urlencode(query)}"
        pulse.telegram.control.get(page).raise_for_status()
        taken = smaller(shoot(page, WIDTH, scene.scale))
        (out / f"{scene.name}.png").write_bytes(taken)
        say(f"{scene.name}: {len(taken)} bytes")


def smaller(png: bytes) -> bytes:
    """A PNG of few colours, where Pillow is installed; else as it is."""
    try:
        from PIL import Image
    except ImportError:
        return png
    packed = io.BytesIO()
    reduced = Image.open(io.BytesIO(png)).convert("RGB").quantize(COLOURS, dither=Image.Dither.NONE)
    reduced.save(packed, "PNG", optimize=True)
    return min(packed.getvalue(), png, key=len)


def _enter_costs(pulse: Installation, cabinet_id: str) -> None:
    since = str((datetime.now(UTC) - timedelta(days=PAST_DAYS)).date())
    rows = [
        {
            "nm_id": product["nm_id"],
            "valid_from": since,
            "cost": f"{product['price'] * (100 - product['discount']) / 100 * COST_SHARE:.0f}.00",
            "currency": "RUB",
        }
        for product in pulse.wildberries.truth()["products"]
    ]
    tax = {"valid_from": since, "percent": "6.00", "base": "income"}
    for what, entered in (("costs", rows), ("tax", [tax])):
        pulse.api.put(f"/api/v1/cabinets/{cabinet_id}/{what}", json={"rows": entered}).raise_for_status()


def _await_figures(pulse: Installation, cabinet_id: str) -> None:
    """Until orders and sales of the last month are counted and the counts stay the same for a while."""
    looks: list[tuple[int, int]] = []

    def stand() -> bool:
        query: dict[str, str | int] = {"cabinet_id": cabinet_id, "period": 30}
        answer = pulse.api.get("/api/v1/analytics/sales", params=query).raise_for_status().json()
        figures = [total["figures"] for total in answer["data"]["totals"]]
        looks.append((sum(each["orders"] for each in figures), sum(each["sales"] for each in figures)))
        time.sleep(LOOK_SECONDS)
        return min(looks[-1]) > 0 and looks[-LOOKS:] == [looks[-1]] * LOOKS

    wait_until("figures are counted", stand, FIGURES_SECONDS)


if __name__ == "__main__":
    cli()
