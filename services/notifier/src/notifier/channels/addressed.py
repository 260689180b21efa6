"""Where a delivery to a target goes: its address, which the gateway sealed to the notifier."""

from typing import TypeVar

from contracts.model import Model
from contracts.notification_targets import address_belongs_to
from pydantic import SecretStr, ValidationError
from servicekit.crypto import CannotOpen, unseal

from notifier.deliveries.model import Delivery

A = TypeVar("A", bound=Model)


class NotTold(Exception):
    """There is nobody to send it to: the target was removed, ended, or its user left the cabinet."""


class AddressUnreadable(Exception):
    """No key here opens the address: the installation lacks SEAL_PRIVATE_KEYS or an older key."""


def address_of(delivery: Delivery, form: type[A], private_keys: SecretStr | None) -> A:
    """The address of the delivery's target.

    Raises:
        NotTold, AddressUnreadable.
    """
    target = delivery.target
    if target is None or not target.is_told or target.sealed_address is None:
        raise NotTold
    try:
        return form.model_validate_json(opened(target.sealed_address, target.id, private_keys))
    except ValidationError:
        raise AddressUnreadable("the address is of another form") from None


def opened(sealed: str, target_id: object, private_keys: SecretStr | None) -> str:
    """What was sealed for this target alone.

    Raises:
        AddressUnreadable: it does not open.
    """
    if private_keys is None:
        raise AddressUnreadable("SEAL_PRIVATE_KEYS is not set: the address cannot be opened")
    try:
        return unseal(sealed, private_keys=private_keys.get_secret_value(), belongs_to=address_belongs_to(target_id))
    except CannotOpen as error:
        raise AddressUnreadable(str(error)) from error
