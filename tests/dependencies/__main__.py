"""`python -m dependencies`: licences and known holes of what the lock names."""

import difflib
import sys
from pathlib import Path
from typing import Annotated

import typer
from local.workspace import find_root

from dependencies import licences, vulnerabilities

cli = typer.Typer(no_args_is_help=True, add_completion=False)
ROOT = find_root(Path(__file__).parent)

NOT_AUDITED = 3


@cli.command()
def licence_list(
    write: Annotated[Path | None, typer.Option(help="Write the list there.")] = None,
    check: Annotated[Path | None, typer.Option(help="Fail where the list there is another.")] = None,
) -> None:
    """The licence of everything; fails where one is unknown or not allowed."""
    wrong = [f"{each.package.name}: {each.problem}" for each in licences.licensed(ROOT) if each.problem]
    for line in wrong:
        print(line, file=sys.stderr)
    if wrong:
        raise SystemExit(1)
    made = licences.page(ROOT)
    if write:
        write.write_text(made)
    elif check and (stood := check.read_text()) != made:
        sys.stderr.writelines(difflib.unified_diff(stood.splitlines(True), made.splitlines(True), str(check), "now"))
        print(f"{check} is not what is installed: make licences", file=sys.stderr)
        raise SystemExit(1)


@cli.command()
def holes(pip_audit: Path, service: str = "pypi") -> None:
    """Known holes; ends with 1 where there are some, with 3 where nobody could be asked."""
    lock = ROOT / "requirements.lock"
    try:
        found = vulnerabilities.audit(pip_audit, lock, service)
    except vulnerabilities.NotAudited as error:
        print(
            f"nothing was audited: the service of vulnerabilities {service!r} is not reached: {error}", file=sys.stderr
        )
        raise SystemExit(NOT_AUDITED) from error
    for hole in found:
        print(f"{hole.package}: {hole.id}, mended in {', '.join(hole.fixed_in) or 'no version'}")
    print(f"{len(found)} known holes in what {lock.name} names")
    raise SystemExit(1 if found else 0)


if __name__ == "__main__":
    cli()
