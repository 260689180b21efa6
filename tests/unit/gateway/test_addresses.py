"""From where a request comes, whatever a proxy says."""

import pytest
from gateway.admission.addresses import UNKNOWN, address_of


@pytest.mark.parametrize(
    ("client", "address"),
    [
        (("192.0.2.1", 5), "192.0.2.1"),
        (("::ffff:192.0.2.1", 5), "192.0.2.1"),
        (("2001:db8:0:1:2::7", 5), "2001:db8:0:1::/64"),
        (("2001:db8:0:1:ffff::", 5), "2001:db8:0:1::/64"),
        *((client, UNKNOWN) for client in (None, ("", 0), ("unknown", 0), ("1.2.3.4.5", 0), ("1" * 10_000, 0))),
    ],
)
def test_address(client: tuple[str, int] | None, address: str) -> None:
    assert address_of({"type": "http", "client": client}) == address
