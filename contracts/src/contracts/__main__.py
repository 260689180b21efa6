"""Commands that keep the committed contracts equal to the code.

    python -m contracts generate [FOLDER]   write schemas and AsyncAPI; refuses a breaking change
    python -m contracts check [FOLDER]      fail on a breaking change, a stale file or a changed example
    python -m contracts record [FOLDER]     record the digests of new golden examples

FOLDER is where schemas/, examples/ and asyncapi/ lie (default: contracts).
"""

import argparse
import sys
from pathlib import Path

from contracts.release import check, generate, record_examples


def main(arguments: list[str] | None = None) -> int:
    """Run one command; 0 if all is well, 1 with a line per problem on stderr."""
    parser = argparse.ArgumentParser(
        prog="python -m contracts", description="Keep the committed contracts and the code equal."
    )
    parser.add_argument("command", choices=("generate", "check", "record"))
    parser.add_argument("folder", nargs="?", type=Path, default=Path("contracts"))
    options = parser.parse_args(arguments)
    if options.command == "record":
        for name in record_examples(options.folder):
            print("recorded", name)
        return 0
    problems = (generate if options.command == "generate" else check)(options.folder)
    for problem in problems:
        print(problem, file=sys.stderr)
    if not problems:
        print("contracts: all well" if options.command == "check" else "contracts: written")
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
