"""Nothing here is collected where the contract files are not at hand."""

from pathlib import Path

WB = Path(__file__).parents[4] / "shared" / "wb"
collect_ignore_glob = [] if WB.is_dir() else ["test_*.py"]
