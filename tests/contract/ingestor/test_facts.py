"""The limits of methods were taken from the facts as they are."""

import hashlib
import tomllib
from importlib.resources import files

from support.wb_contract import WB


def test_the_facts_are_those_that_the_limits_were_taken_from() -> None:
    kept = tomllib.loads(files("ingestor.wb").joinpath("methods.toml").read_text(encoding="utf-8"))["facts_sha256"]
    facts = hashlib.sha256((WB / "rate-limits.json").read_bytes()).hexdigest()
    assert kept == facts, (
        f"rate-limits.json is another than methods.toml was made from (facts_sha256 = {kept}): compare the limits of "
        f"its methods (tests/unit/ingestor/test_methods.py does), then keep {facts}"
    )
