"""`make kubernetes`: every overlay, rendered and checked; a line for each problem, 1 if there is any."""

import sys
import tempfile
from pathlib import Path

from manifests.rendering import OVERLAYS, NotRendered, render, schema_problems
from manifests.rules import problems


def main() -> int:
    found = []
    for overlay in OVERLAYS:
        try:
            documents = render(overlay)
        except NotRendered as error:
            found.append(f"{overlay}: {error}")
            continue
        with tempfile.TemporaryDirectory() as folder:
            lines = [*schema_problems(documents, Path(folder)), *problems(documents)]
        found += [f"{overlay}: {line}" for line in lines]
        print(f"{overlay}: {len(documents)} objects, {len(lines)} problems")
    for line in found:
        print(line, file=sys.stderr)
    return bool(found)


if __name__ == "__main__":
    sys.exit(main())
