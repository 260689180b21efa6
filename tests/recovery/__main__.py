"""`python -m recovery`: the drill of a recovery, with a table of every table before and after.

Ends with 0 if every table came back as it was, nothing is lost and nothing is doubled, with 1 if not. The last line is
one JSON object. `rate=50` and the other sizes may be given.
"""

import json
import sys
import tempfile
from pathlib import Path

from bench.command import be_interrupted, given, say
from demo.installation import NotReady
from local.errors import LocalError

from recovery.drill import Sizes, run_drill, table


def main(words: list[str]) -> int:
    """The exit code."""
    sizes = given(Sizes(), words)
    be_interrupted()
    try:
        with tempfile.TemporaryDirectory(prefix="pulse-drill-") as folder:
            outcome = run_drill("recovery", sizes, Path(folder), say)
    except (LocalError, NotReady) as error:
        print(error, file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("interrupted", file=sys.stderr)
        return 130
    print("\n".join(table(outcome)), file=sys.stderr)
    print(json.dumps(outcome.as_dict(), ensure_ascii=False), flush=True)
    return 0 if outcome.is_clean else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
