"""What is downloaded for the images that stand in: of the locks, what the Python in them asks for."""

from pathlib import Path

from containers.stand_ins import taken_by
from local.workspace import find_root

LOCK = """\
async-timeout==5.0.1 ; python_full_version < '3.11.3' \\
    --hash=sha256:aa
colorama==0.4.6 ; sys_platform == 'win32' \\
    --hash=sha256:bb
numpy==2.4.6 ; python_full_version < '3.12' \\
    --hash=sha256:cc \\
    --hash=sha256:dd
numpy==2.5.5 ; python_full_version >= '3.12' \\
    --hash=sha256:ee
redis==8.1.0 \\
    --hash=sha256:ff
"""
OF_311 = "numpy==2.4.6 \\\n    --hash=sha256:cc \\\n    --hash=sha256:dd\nredis==8.1.0 \\\n    --hash=sha256:ff\n"


def test_conditions_are_of_the_python_in_the_image_and_not_of_the_one_that_downloads() -> None:
    assert taken_by([LOCK], "3.11.2") == "async-timeout==5.0.1 \\\n    --hash=sha256:aa\n" + OF_311
    assert taken_by([LOCK], "3.11.14") == OF_311
    assert "numpy==2.5.5" in taken_by([LOCK], "3.12.1")


def test_what_several_locks_name_is_downloaded_once() -> None:
    assert taken_by([LOCK, LOCK], "3.11.14") == OF_311


def test_of_the_committed_locks_every_entry_has_its_hashes() -> None:
    locks = sorted((find_root(Path(__file__).parent) / "infra" / "docker").glob("*.lock"))
    taken = taken_by([lock.read_text() for lock in locks], "3.11.2")
    lines = taken.splitlines()
    assert len([line for line in lines if "==" in line]) > 50
    assert all(lines[number + 1].startswith("    --hash=") for number, line in enumerate(lines) if "==" in line)
    assert " ; " not in taken
