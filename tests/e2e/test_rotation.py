"""Keys of sealed secrets are rotated in a whole Pulse: sellers ask and shops are read all the while, nothing fails."""

import json
from collections.abc import Mapping
from random import Random
from urllib.parse import urlsplit

import pytest
from chaos.asking import asking
from chaos.reckoning import reckon
from chaos.whole import MIN_AGE_SECONDS
from chaos.world import Sizes, World, world
from local.commands import run_module
from local.environments import database_url
from local.platform import Platform
from local.rotation import COMMANDS, Renew, rotate
from servicekit.crypto import key_ids

SMALL = Sizes(
    sellers=1, replicas=1, history_orders=30, categories=("statistics", "content", "analytics"), has_disks=False
)


def replacing(its: World) -> Renew:
    """As an operator does behind a proxy: another one is up before this one stops."""

    def renew(pulse: Platform, service: str, changes: Mapping[str, str]) -> Platform:
        renewed = its.fleet.platform = pulse.told(service, changes)
        [member] = its.fleet.members[service]
        other = its.fleet.add(service)
        if service == "gateway" and its.entrance is not None:
            its.entrance.wait_for(other.port)
        its.fleet.remove(member)
        return renewed

    return renew


def keys(pulse: Platform, receiver: str) -> list[tuple[str, str]]:
    said = run_module(receiver, COMMANDS[receiver], "keys", env=pulse.environments[receiver], cwd=pulse.instance.folder)
    return [(line["key"], line["state"]) for line in map(json.loads, said.splitlines())]


@pytest.mark.chaos
@pytest.mark.timeout(420)
def test_no_request_fails_and_no_token_is_lost_while_keys_are_rotated() -> None:
    said: list[str] = []
    with world("rotation", SMALL, Random(3), said.append) as its:
        [seller] = its.sellers
        hook = {"url": "http://127.0.0.1:9/hook"}
        webhook = seller.pulse.api.post("/api/v1/webhooks", json=hook).raise_for_status().json()
        before = its.fleet.platform
        olds = {receiver: before.environments[receiver]["SEAL_PRIVATE_KEYS"] for receiver in COMMANDS}
        with asking(its) as asked:
            its.live(10, min_age_seconds=MIN_AGE_SECONDS)
            url = its.pulse.admin_database_url
            database = urlsplit(url).path.lstrip("/")
            after = rotate(before, database_url(url, "postgres"), database, said.append, replacing(its))
            token = {"token": seller.pulse.wildberries.new_token()}
            path = f"/api/v1/cabinets/{seller.cabinet_id}"
            seller.pulse.api.put(f"{path}/token", json=token).raise_for_status()
            its.live(0, min_age_seconds=MIN_AGE_SECONDS)
        for receiver, old in olds.items():
            private = after.environments[receiver]["SEAL_PRIVATE_KEYS"]
            assert not set(key_ids(private)) & set(key_ids(old))
            assert keys(after, receiver) == [(key_ids(private)[0], "newest")], said
        # What was made before the rotation, and is told again after it, opens too.
        changed = {"url": "http://127.0.0.1:9/other"}
        seller.pulse.api.put(f"/api/v1/webhooks/{webhook['webhook_id']}", json=changed).raise_for_status()
        found = reckon(its, asked.accepted)
        assert keys(after, "notifier") == [(key_ids(after.environments["notifier"]["SEAL_PRIVATE_KEYS"])[0], "newest")]
        secrets = (before.instance.folder / "secrets.json").read_text()
        assert not any(old in secrets for old in olds.values())
    words = "\n".join(said)
    problems = [answer.problem for answer in asked.answers if answer.problem]
    # Until the token that was just entered is checked, nothing is read by it.
    assert [each for each in problems if "cabinet_unchecked" not in each] == [], words
    assert len(asked.answers) > 50
    assert (found.lost, found.doubled, found.duplicates) == ([], [], []), words
    assert "kept by the ingestor: 1 sealed anew" in words
    assert "kept by the gateway for the notifier: 1 sealed anew" in words
