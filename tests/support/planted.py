"""Secrets that are planted, and where they turn up: in files of anything, as they are or in other clothes."""

import base64
import os
import subprocess
from collections.abc import Iterator, Mapping
from pathlib import Path
from urllib.parse import quote

PIECE = 20
"""Characters of a secret that are looked for: its end, and its middle, of which half a secret would have one."""


def found(secrets: Mapping[str, str], *places: Path) -> dict[str, set[Path]]:
    """By the names of secrets, the files in these folders, and below them, that hold enough of one."""
    forms = {name: sorted(set(_forms(secret))) for name, secret in secrets.items()}
    every = b"\n".join(form for of_one in forms.values() for form in of_one)
    # Hundreds of patterns over a hundred megabytes: grep reads them once.
    listed = subprocess.run(
        ["grep", "-rlaFZ", "-f", "-", "--", *places],
        input=every,
        capture_output=True,
        check=False,
        env={**os.environ, "LC_ALL": "C"},
    )
    assert listed.returncode in (0, 1), listed.stderr.decode()
    holding: dict[str, set[Path]] = {}
    for path in (Path(each.decode()) for each in listed.stdout.split(b"\0") if each):
        content = path.read_bytes()
        for name, of_one in forms.items():
            if any(form in content for form in of_one):
                holding.setdefault(name, set()).add(path)
    return holding


def _forms(secret: str) -> Iterator[bytes]:
    """The secret's end and middle as text, percent-encoded, in hexadecimal digits and in base64 at any offset."""
    middle = max(0, (len(secret) - PIECE) // 2)
    for piece in {secret[-PIECE:], secret[middle : middle + PIECE]}:
        raw = piece.encode()
        yield raw
        yield quote(piece, safe="").encode()
        yield raw.hex().encode()
        for offset in range(3):
            # What shares its characters with neighbours is cut off at both ends.
            written = base64.b64encode(bytes(offset) + raw)
            whole = written[(offset * 8 + 5) // 6 : (offset + len(raw)) * 8 // 6]
            yield from (whole, whole.replace(b"+", b"-").replace(b"/", b"_"))
