"""A person on the terminal talks to the bot while buyers order."""

import os
import sys
import tempfile
from pathlib import Path

from tgsim.talking import lines_of, talk

from demo.installation import TELEGRAM_ID, Installation
from demo.live import HABITS, Say


def talk_to_bot(pulse: Installation, *, rate: float, seconds: float | None, say: Say) -> None:
    """Let buyers make `rate` changes a second while somebody talks on the terminal.

    It ends when `seconds` are over, with the input, or by Ctrl-C. Pictures and files
    that the bot sends are saved, and their paths shown.
    """
    descriptor = sys.stdin.fileno()
    files = Path(tempfile.mkdtemp(prefix="pulse-demo-"))
    say(f"the bot listens; its pictures and files are saved in {files}")
    pulse.wildberries.life(rate, **HABITS | {"cancel_share": 0.3, "recent_share": 1.0})
    try:
        talk(
            pulse.telegram.control,
            TELEGRAM_ID,
            lines_of(descriptor),
            lambda text: print(text, flush=True),
            is_typed=os.isatty(descriptor),
            seconds=seconds,
            files=files,
        )
        say("stopping: the talk is over, what is on its way arrives")
    except KeyboardInterrupt:
        say("stopping: the shop closes, what is on its way arrives")
    finally:
        pulse.wildberries.life(0)
