"""Under which licence each locked package is used, and whether that is one we may ship."""

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from importlib.metadata import Distribution, PackageNotFoundError, distribution
from pathlib import Path

from packaging.licenses import InvalidLicenseExpression, canonicalize_license_expression

from dependencies.locked import Locked, locked

REVIEWED = Path("tests/dependencies/reviewed.toml")
"""What metadata do not say, each by hand and with its reason; beside it the licences of servers' images."""

ALLOWED = {
    "0BSD",
    "Apache-2.0",
    "BSD-2-Clause",
    "BSD-3-Clause",
    "CC0-1.0",
    "HPND",
    "ISC",
    "MIT",
    "MIT-0",
    "MIT-CMU",
    "MPL-2.0",  # of files: those that are changed are shown, and we change none
    "PSF-2.0",
    "Unlicense",
    "Zlib",
}
"""Whatever is installed may be used, changed and given on under them without showing what it is used with."""

SPELLINGS = {
    "apache 2": "Apache-2.0",
    "apache 2.0": "Apache-2.0",
    "apache license 2.0": "Apache-2.0",
    "apache license, version 2.0": "Apache-2.0",
    "apache software license": "Apache-2.0",
    "apache-2.0 license": "Apache-2.0",
    "bsd 2-clause license": "BSD-2-Clause",
    "bsd 3-clause license": "BSD-3-Clause",
    "3-clause bsd license": "BSD-3-Clause",
    "isc license": "ISC",
    "isc license (iscl)": "ISC",
    "mit license": "MIT",
    "mozilla public license 2.0 (mpl 2.0)": "MPL-2.0",
    "python software foundation license": "PSF-2.0",
}
"""How packages write them that name no SPDX expression."""


@dataclass(frozen=True)
class Licensed:
    """A package and what it may be used under; `problem` says why it may not be used."""

    package: Locked
    licence: str
    problem: str | None = None


def licensed(root: Path) -> list[Licensed]:
    """Every package of the lock."""
    reviewed: Mapping[str, Mapping[str, str]] = tomllib.loads((root / REVIEWED).read_text())["packages"]
    packages = locked(root)
    found = [_licensed(package, reviewed.get(package.name)) for package in packages]
    gone = sorted(set(reviewed) - {package.name for package in packages})
    return found + [Licensed(Locked(name, "", ()), "", f"{REVIEWED} names it, the lock does not") for name in gone]


def _licensed(package: Locked, reviewed: Mapping[str, str] | None) -> Licensed:
    said = stated(package.name)
    if reviewed is not None:
        if said not in (None, reviewed["licence"]):
            return Licensed(package, str(said), f"it states {said}, {REVIEWED} another: take it out there")
        said = reviewed["licence"]
    if said is None:
        return Licensed(package, "unknown", f"its licence is not known: read it, and say it in {REVIEWED}")
    problem = None if is_allowed(said) else f"{said} is none of those that are allowed (dependencies.licences.ALLOWED)"
    return Licensed(package, said, problem)


def stated(name: str) -> str | None:
    """The SPDX expression that an installed package's metadata come to; None: they name none, or it is not here."""
    try:
        return expression(distribution(name))
    except PackageNotFoundError:
        return None


def expression(package: Distribution) -> str | None:
    """By `License-Expression`, else `License`, else the classifiers, where they all say one thing."""
    metadata = package.metadata
    written = [*(metadata.get_all("License-Expression") or ()), *(metadata.get_all("License") or ())]
    classifiers = [
        each.rpartition(" :: ")[2] for each in metadata.get_all("Classifier") or () if each.startswith("License :: ")
    ]
    written += classifiers if len(classifiers) == 1 else ()
    return next((known for each in written if (known := _canonical(each))), None)


def _canonical(written: str) -> str | None:
    if "\n" in written.strip() or len(written) > 100:
        return None
    try:
        return str(canonicalize_license_expression(SPELLINGS.get(written.strip().lower(), written)))
    except InvalidLicenseExpression:
        return None


def is_allowed(licence: str) -> bool:
    """Whether an SPDX expression lets us: all of what `AND` joins, one of what `OR` does."""
    tokens = re.findall(r"[()]|[^\s()]+", licence)
    said = [token if token in "()" else token.lower() if token in ("AND", "OR") else token for token in tokens]
    return _either(said) and not said


def _either(tokens: list[str]) -> bool:
    found = _both(tokens)
    while tokens and tokens[0] == "or":
        tokens.pop(0)
        found = _both(tokens) or found
    return found


def _both(tokens: list[str]) -> bool:
    found = _one(tokens)
    while tokens and tokens[0] == "and":
        tokens.pop(0)
        found = _one(tokens) and found
    return found


def _one(tokens: list[str]) -> bool:
    token = tokens.pop(0) if tokens else ")"
    if token == "(":
        found = _either(tokens)
        return bool(tokens) and tokens.pop(0) == ")" and found
    if tokens and tokens[0] == "WITH":
        tokens[:2] = []  # an exception gives rights, and takes none
    return token in ALLOWED


def servers(root: Path) -> dict[str, Mapping[str, str]]:
    """What was read of the licences of images that Compose starts and that are not ours."""
    said: dict[str, Mapping[str, str]] = tomllib.loads((root / REVIEWED).read_text())["images"]
    return dict(sorted(said.items()))


def page(root: Path) -> str:
    """The list as it is committed."""
    rows = [
        f"| {each.package.name} | {each.package.version} | {each.licence} | {', '.join(each.package.images) or '–'} |"
        for each in licensed(root)
        if each.package.version
    ]
    images = [f"| `{name}` | {said['licence']} | {said['why']} |" for name, said in servers(root).items()]
    head = (
        "# Licences",
        "",
        "Made by `make licences` from the metadata of what `requirements.lock` names; `make contracts-check` compares"
        " it. A package whose licence is unknown, or none of `dependencies.licences.ALLOWED`, fails that check. What"
        f" metadata do not say stands, read by hand, in [`{REVIEWED.name}`](../{REVIEWED}).",
        "",
        "| package | version | licence | in the images of |",
        "| --- | --- | --- | --- |",
    )
    beside = (
        "",
        "## Servers beside them",
        "",
        "Programs that run in containers of their own; nothing of ours is linked with them.",
        "",
        "| image | licence | |",
        "| --- | --- | --- |",
    )
    return "\n".join((*head, *rows, *beside, *images, ""))
