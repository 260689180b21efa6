"""What a killed process left is found; what a living one uses is not touched."""

import os
import subprocess
import sys
from pathlib import Path

from local.own import destroy_abandoned, own_name


def test_only_what_dead_processes_left_is_deleted(tmp_path: Path) -> None:
    ended = subprocess.Popen([sys.executable, "-c", ""])
    ended.wait()
    names = [f"kit-{ended.pid}", own_name("kit"), "kit-up", f"other-{ended.pid}"]
    for name in names:
        (tmp_path / ".local" / name / "logs").mkdir(parents=True)
    assert destroy_abandoned("kit", root=tmp_path) == [f"kit-{ended.pid}"]
    assert sorted(path.name for path in (tmp_path / ".local").iterdir()) == sorted(names[1:])
    assert own_name("kit") == f"kit-{os.getpid()}"
