"""Writes `pulse_client` from docs/openapi.json; with `--check`, says whether it is what that makes."""

import os
import subprocess
import sys
import tempfile
from pathlib import Path

HERE = Path(__file__).parent
PACKAGE = HERE / "pulse_client"
DOCUMENT = HERE.parents[1] / "docs" / "openapi.json"


def write(package: Path) -> None:
    """Generate the package anew; what the generator cannot make ends it."""
    tools = Path(sys.executable).parent
    command = [tools / "openapi-python-client", "generate", "--path", DOCUMENT, "--config", HERE / "generator.yaml"]
    subprocess.run(
        [*command, "--meta", "none", "--output-path", package, "--overwrite"],
        check=True,
        stdout=subprocess.PIPE,
        env=os.environ | {"PATH": f"{tools}{os.pathsep}{os.environ['PATH']}"},
    )


def files(package: Path) -> dict[Path, bytes]:
    """What is in it, by its place there."""
    found = (path for path in package.rglob("*") if path.suffix in (".py", ".typed"))
    return {path.relative_to(package): path.read_bytes() for path in found}


def main() -> int:
    if "--check" not in sys.argv[1:]:
        write(PACKAGE)
        return 0
    with tempfile.TemporaryDirectory() as folder:
        made = Path(folder) / PACKAGE.name
        write(made)
        here, there = files(PACKAGE), files(made)
    strange = sorted(str(path) for path in here.keys() | there.keys() if here.get(path) != there.get(path))
    for name in strange:
        print(f"pulse_client/{name} is not what docs/openapi.json says; run `make contracts`", file=sys.stderr)
    return 1 if strange else 0


if __name__ == "__main__":
    sys.exit(main())
