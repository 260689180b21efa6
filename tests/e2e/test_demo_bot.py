"""`make demo BOT=1` with a script on its input."""

import json
import os
import re
import subprocess
import sys
from pathlib import Path

SCRIPT = "/orders\n[2]\n/analytics\n"


def test_a_script_talks_to_the_bot_sees_buttons_and_pictures_and_the_demo_ends_with_its_account() -> None:
    command = [sys.executable, "-m", "demo", "--bot", "--rate", "2", "--history-orders", "20", "--seconds", "240"]
    env = {**os.environ, "PROMETHEUS": "off"}
    done = subprocess.run(command, input=SCRIPT, capture_output=True, text=True, check=False, env=env)
    assert done.returncode == 0, done.stdout[-4000:] + done.stderr[-4000:]
    # Of what the bot answers one page became one order in place, and a chart is a picture.
    shown, _, last = done.stdout.rstrip().rpartition("\n")
    summary = json.loads(last)
    assert (summary["lost"], summary["duplicates"]) == (0, 0)
    assert re.search(r"── ✎ edited ──\n🧾 Заказ · ", shown)
    chart = re.search(r"\[picture 900×540: (.+)\]\n📊 ", shown)
    assert chart
    assert Path(chart[1]).read_bytes().startswith(b"\x89PNG")
