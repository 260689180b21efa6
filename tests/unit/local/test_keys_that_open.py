"""After a restore everything opens that was sealed to any key that some copy of the line, or this machine, knows."""

import json
from datetime import UTC, datetime
from pathlib import Path

from local.backup.folders import SECRETS, Base
from local.backup.restoring import take_secrets
from local.instance import Instance, read_json, write_private_json


def pair(public: str, *private: str) -> str:
    return json.dumps({"public_key": public, "private_key": ",".join(private)})


def copy_of(line: Path, name: str, secrets: dict[str, str]) -> Base:
    (line / name).mkdir(parents=True)
    write_private_json(line / name / SECRETS, {"postgres": f"password of {name}"} | secrets)
    return Base(line / name, datetime.now(UTC), "0" * 24, 1, "PostgreSQL 18", 1)


def test_keys_of_later_copies_are_there_though_an_older_one_is_restored(tmp_path: Path) -> None:
    line, instance = tmp_path / "line-1", Instance("up", tmp_path)
    base = copy_of(line, "20261101T000000Z", {"seal-ingestor": pair("A", "a"), "seal-notifier": pair("N", "n")})
    copy_of(line, "20261102T000000Z", {"seal-ingestor": pair("B", "b", "a"), "seal-notifier": pair("N", "n")})
    copy_of(line, "20261103T000000Z.draft", {"seal-ingestor": pair("half", "made")})
    instance.folder.mkdir(parents=True)
    take_secrets(instance, base)
    held = read_json(instance.folder / "secrets.json")
    assert held["postgres"] == "password of 20261101T000000Z"
    assert held["seal-ingestor"] == pair("B", "b", "a"), "what is sealed next is sealed to the newest"
    assert held["seal-notifier"] == pair("N", "n")


def test_keys_of_this_machine_come_first(tmp_path: Path) -> None:
    instance = Instance("up", tmp_path)
    base = copy_of(tmp_path / "line-1", "20261101T000000Z", {"seal-ingestor": pair("A", "a")})
    write_private_json(instance.folder / "secrets.json", {"postgres": "mine", "seal-ingestor": pair("C", "c")})
    take_secrets(instance, base)
    held = read_json(instance.folder / "secrets.json")
    assert held["seal-ingestor"] == pair("C", "c", "a")
    assert held["postgres"] == "password of 20261101T000000Z", "that one is in the data"
