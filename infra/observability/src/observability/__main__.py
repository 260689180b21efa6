"""`python -m observability write|check`."""

import sys

from observability.files import outdated, write


def main(arguments: list[str]) -> int:
    """Write the files, or say which are not as they would be written; the exit code."""
    match arguments:
        case ["write"]:
            write()
            return 0
        case ["check"]:
            wrong = outdated()
            for path in wrong:
                print(f"{path} is not what `python -m observability write` writes", file=sys.stderr)
            return 1 if wrong else 0
        case _:
            print("python -m observability write|check", file=sys.stderr)
            return 2


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
