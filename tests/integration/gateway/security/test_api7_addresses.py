"""OWASP API7: which operations take an address is known, so that none takes one that leads inside."""

from support.bodies import every_schema
from support.openapi import Operation, operations

ADDRESSES = {"subscribe": "url", "change_webhook": "url", "enter_target": "endpoint"}
"""Operations that take one, and its name; each is tried in the tests of its own file."""

NOT_CALLED = {"sign_in_with_telegram": {"photo_url"}}
"""Part of what Telegram signed."""


def takes_addresses(operation: Operation) -> set[str]:
    names = set()
    for where, schema in every_schema((operation.body or {}).get("schema", {}), ""):
        name = where.rpartition(".")[2]
        if schema.get("format") in ("uri", "url") or name.endswith(("url", "endpoint", "address_of", "callback")):
            names.add(name)
    return names


def test_every_operation_that_takes_an_address_is_known() -> None:
    found = {operation.name: takes_addresses(operation) for operation in operations() if takes_addresses(operation)}
    assert found == {name: {field} for name, field in ADDRESSES.items()} | NOT_CALLED
