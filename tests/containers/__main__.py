"""`python -m containers`: builds the images and runs the platform with its fakes on an engine of its own.

Ends with 0 if all that is promised of the containers holds, with 1 and a line if not, with 2 and what is missing where
no engine can be started: it is never passed over in silence. The last line is one JSON object with what was measured.
"""

import json
import sys
import time

from local.errors import LocalError
from local.workspace import find_root

from containers import engine, project, stand_ins, trials
from containers.engine import CannotRun, say
from containers.platform import Failed, Platform


def main() -> int:
    root = find_root()
    folder = root / ".local" / "containers"
    try:
        engine.check()
        with engine.running(folder / "engine", root / ".local" / "debian") as running:
            copied = project.copy(root, folder / "project")
            stand_ins.make(running, copied, folder, root / ".local" / "debian")
            platform = Platform(running, copied)
            figures: dict[str, object] = {}
            try:
                platform.compose("down", "--volumes", "--remove-orphans")
                began = time.monotonic()
                say("building")
                platform.compose("build")
                figures["build_seconds"] = round(time.monotonic() - began, 1)
                for trial in trials.ALL:
                    say((trial.__doc__ or "").splitlines()[0])
                    figures |= trial(platform)
            except (Failed, RuntimeError) as error:
                for line in (f"failed: {error}", *platform.unwell()):
                    say(line)
                raise
            finally:
                say("ending")
                platform.compose("down", "--volumes", "--timeout", "30")
    except CannotRun as error:
        print(f"containers: NOT RUN, this machine lacks {error}", file=sys.stderr)
        return 2
    except (Failed, LocalError, RuntimeError) as error:
        print(f"containers: {error}", file=sys.stderr)
        return 1
    print(json.dumps(figures))
    return 0


if __name__ == "__main__":
    sys.exit(main())
