"""`make rotate`: another pair of keys for what is sealed to the ingestor and the notifier, while everything runs.

In this order nothing is ever sealed to a key that nobody accepts: the receivers take both keys, the gateway seals to
the new one, what is kept is sealed anew, and only when nothing is left of the older one do the receivers forget it. A
run that was ended anywhere leaves keys that work, and the next one goes on from there. There is one at a time: of two
the one that ends first would forget the key that the other's gateway seals to.
"""

import json
import subprocess
import time
from collections.abc import Callable, Mapping
from typing import Any

from local import platform
from local.backup import archive, taking
from local.backup.postgres_client import value
from local.commands import module_command, run_module
from local.environments import database_url
from local.errors import LocalError
from local.instance import Instance, read_json, write_private_json
from local.kind import Progress
from local.platform import Platform
from local.prepare import RECEIVERS, SEALED_TO, key_name, new_pair
from local.workspace import locked

COMMANDS = {"ingestor": "tokens", "notifier": "sealed"}
"""Under which name each receiver has `keys` and `reseal`."""

SEALED_EVENTS = {
    "ingestor": ["cabinet.connected.v1"],
    "notifier": ["webhooks.entered.v1", "notification_target.entered.v1"],
}
UNDER_WAY_SECONDS = 60
POLL_SECONDS = 0.5
_UNDER_WAY = """
SELECT count(*) FROM gateway.outbox AS log
WHERE log.type = ANY ($1::text[]) AND log.created_at > now() - interval '7 days'
    AND NOT EXISTS (SELECT FROM {receiver}.inbox AS noted WHERE noted.event_id = log.id)
"""

Renew = Callable[[Platform, str, Mapping[str, str]], Platform]
"""Puts a process with these settings in the place of a service's; the platform with them."""


def restart(pulse: Platform, service: str, changes: Mapping[str, str]) -> Platform:
    """Stop it, and start it with the changes: it is away for about two seconds."""
    renewed = pulse.told(service, changes)
    renewed.stop_service(service)
    renewed.start_service(service)
    try:
        renewed.wait_ready(service)
    except LocalError as late:
        raise LocalError(
            f"{late}\nolder and new keys are accepted: make rotate again, once {service} is ready"
        ) from late
    return renewed


def rotate(pulse: Platform, server_url: str, database: str, progress: Progress, renew: Renew = restart) -> Platform:
    """Rotate the keys of a platform that runs.

    Raises:
        LocalError: something is left that no key opens, or is on its way still; then both keys are accepted. Keys are
            being rotated already.
    """
    with locked(pulse.instance.folder / "rotation.lock", "keys are being rotated already"):
        return _rotate(pulse, server_url, database, progress, renew)


def _rotate(pulse: Platform, server_url: str, database: str, progress: Progress, renew: Renew) -> Platform:
    instance = pulse.instance
    pairs = {receiver: _with_new_key(instance, receiver) for receiver in RECEIVERS}
    _keep_in_backup(instance, server_url, progress)
    for receiver in RECEIVERS:
        pulse = renew(pulse, receiver, {"SEAL_PRIVATE_KEYS": pairs[receiver]["private_key"]})
        progress(f"{receiver} accepts {len(pairs[receiver]['private_key'].split(','))} keys")
    public = {setting: pairs[receiver]["public_key"] for setting, receiver in SEALED_TO.items()}
    pulse = renew(pulse, "gateway", public)
    progress("the gateway seals to the new keys")
    for receiver in RECEIVERS:
        _through_the_pipe(pulse, receiver, progress)
        _until_noted(receiver, database_url(server_url, database))
        _seal_anew(pulse, receiver, progress)
    for receiver in RECEIVERS:
        newest = pairs[receiver]["private_key"].split(",")[0]
        _keep(instance, receiver, pairs[receiver] | {"private_key": newest})
        pulse = renew(pulse, receiver, {"SEAL_PRIVATE_KEYS": newest})
        progress(f"{receiver} accepts the new key alone")
    return pulse


def rotate_running(instance: Instance, progress: Progress) -> None:
    """Rotate the keys of what `make up` runs on this machine. Raises LocalError when nothing runs."""
    pulse = platform.load(instance)
    if pulse is None:
        raise LocalError("the platform is not running: make up")
    if away := [service for service in pulse.environments if pulse.pid(service) is None]:
        raise LocalError(f"not running: {', '.join(away)}; make up starts everything, then make rotate")
    progress("one after the other is restarted: ingestor, notifier, gateway, ingestor, notifier; work waits for them")
    rotate(pulse, taking.server_url(instance), "pulse", progress)
    progress("done: the older keys are forgotten, and nothing needs them")


def _with_new_key(instance: Instance, receiver: str) -> dict[str, str]:
    """A new key before those that open what is sealed so far."""
    kept = json.loads(instance.secret(key_name(receiver)))
    made = json.loads(new_pair(instance))
    pair = {"public_key": made["public_key"], "private_key": f"{made['private_key']},{kept['private_key']}"}
    _keep(instance, receiver, pair)
    return pair


def _keep(instance: Instance, receiver: str, pair: Mapping[str, str]) -> None:
    path = instance.folder / "secrets.json"
    write_private_json(path, read_json(path) | {key_name(receiver): json.dumps(pair)})


def _keep_in_backup(instance: Instance, server_url: str, progress: Progress) -> None:
    """Where a line of backups goes on, it has the new keys before anything is sealed to them."""
    if line := archive.remembered(instance):
        taken = taking.take(instance, line.folder.parent, progress=lambda _: None)
        progress(f"{taken.base.folder} has the new keys")


def _through_the_pipe(pulse: Platform, receiver: str, progress: Progress) -> None:
    """What the gateway keeps goes to who can open it and back, and is sealed on both ways."""

    def step(words: list[str], source: Any = subprocess.DEVNULL) -> "subprocess.Popen[bytes]":
        return subprocess.Popen(
            module_command(*words),
            env=dict(pulse.environments[words[0]]),
            cwd=pulse.instance.folder,
            stdin=source,
            stdout=subprocess.PIPE,
        )

    with (
        step(["gateway", "sealed", "list", "--to", receiver]) as listing,
        step([receiver, COMMANDS[receiver], "reseal", "--pipe"], listing.stdout) as sealing,
        step(["gateway", "sealed", "replace"], sealing.stdout) as replacing,
    ):
        for earlier in (listing, sealing):
            if earlier.stdout:
                earlier.stdout.close()  # who is before it ends if it does
        said = replacing.communicate()[0].decode()
    if listing.returncode or sealing.returncode or replacing.returncode:
        raise LocalError(f"what the gateway keeps for the {receiver} was not all sealed anew:\n{said}")
    progress(f"kept by the gateway for the {receiver}: {_counted(said)} sealed anew")


def _until_noted(receiver: str, admin_url: str) -> None:
    """What the gateway told before was sealed to an older key: it has to be there before the rest is sealed anew."""
    deadline = time.monotonic() + UNDER_WAY_SECONDS
    while left := value(admin_url, _UNDER_WAY.format(receiver=receiver), SEALED_EVENTS[receiver]):
        if time.monotonic() > deadline:
            raise LocalError(
                f"{left} events for the {receiver} are not handled yet (or dead: servicekit dead); older keys are "
                "accepted still: make rotate again, later"
            )
        time.sleep(POLL_SECONDS)


def _seal_anew(pulse: Platform, receiver: str, progress: Progress) -> None:
    def run(command: str) -> str:
        words = (receiver, COMMANDS[receiver], command)
        return run_module(*words, env=pulse.environments[receiver], cwd=pulse.instance.folder)

    progress(f"kept by the {receiver}: {_counted(run('reseal'))} sealed anew")
    left = [line for line in map(json.loads, run("keys").splitlines()) if line["state"] != "newest"]
    if left:
        raise LocalError(f"sealed to older keys still: {left}; they are accepted still: make rotate again")


def _counted(said: str) -> int:
    return sum(json.loads(line)["resealed"] for line in said.splitlines())
