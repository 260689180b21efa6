"""What services find wrong with what they hold, by their own commands."""

from local.commands import run_module
from local.errors import LocalError
from local.platform import Platform

CHECKS = (("reporter", "rebuild"), ("audit", "verify"))
"""Figures made anew from the log alone and compared; chains of records."""


def problems_of(pulse: Platform) -> list[str]:
    """What each check says that ends with another code than 0."""
    found = []
    for words in CHECKS:
        try:
            run_module(*words, env=pulse.environments[words[0]], cwd=pulse.instance.folder)
        except LocalError as error:
            found.append(str(error))
    return found
