"""What WB changes about its answers without telling: the same for all answers, and the same for the same seed."""

import json
from collections.abc import Collection
from random import Random
from typing import Any

from wbsim.config import Drift

FIXED_VALUES = frozenset(
    {
        "bid_type",
        "cancelType",
        "cargoType",
        "crossBorderType",
        "deliveryMethod",
        "deliveryType",
        "docTypeName",
        "matchingSize",
        "orderStatus",
        "paymentType",
        "payment_type",
        "sellerOperName",
        "state",
        "status",
        "supplierStatus",
        "type",
        "warehouseType",
        "wbStatus",
    }
)
"""Fields whose values WB lists, in any method; where values drift, these differ from the truth."""
NEW_VALUE_SHARE = 0.2
_SPACED = (" ,\n ", " : ")
_SUBJECTS = ("loyalty", "promo", "delivery", "tax", "partner", "pickup", "club", "label")
_ASPECTS = ("Info", "Kind", "Codes", "Group", "Share", "Id")


def drifted(body: bytes, kinds: Collection[Drift], seed: int) -> bytes:
    """A JSON answer as a changed WB would write it; anything that is no JSON stays as it is."""
    try:
        value = json.loads(body)
    except ValueError:
        return body
    rng = Random(f"drift of {seed}")
    extra = _new_fields(rng) if "fields" in kinds else {}
    changed = _Changed(rng, extra, values="values" in kinds, order="order" in kinds).of(value)
    separators = _SPACED if "order" in kinds else (",", ":")
    return json.dumps(changed, ensure_ascii=False, separators=separators).encode()


class _Changed:
    def __init__(self, rng: Random, extra: dict[str, Any], *, values: bool, order: bool) -> None:
        self._rng = rng
        self._extra = extra
        self._values = values
        self._order = order

    def of(self, value: Any) -> Any:
        if isinstance(value, list):
            return [self.of(item) if isinstance(item, dict | list) else item for item in value]
        if not isinstance(value, dict):
            return value
        # An object keyed by ids or dates is a map: an unknown key there would be a row, not a field.
        fields = self._extra if all(key.isidentifier() for key in value) else {}
        changed = fields | {key: self._field(key, item) for key, item in value.items()}
        if not self._order:
            return changed
        keys = list(changed)
        self._rng.shuffle(keys)
        return {key: changed[key] for key in keys}

    def _field(self, key: str, item: Any) -> Any:
        if isinstance(item, dict | list):
            return self.of(item)
        if not (self._values and key in FIXED_VALUES) or self._rng.random() >= NEW_VALUE_SHARE:
            return item
        if isinstance(item, str) and item:
            return f"{item}_v2"
        return item + 1_000 if isinstance(item, int) and not isinstance(item, bool) else item


def _new_fields(rng: Random) -> dict[str, Any]:
    """Four fields that nobody knows: a text, a null, an object and a list."""
    names = [f"{subject}{rng.choice(_ASPECTS)}" for subject in rng.sample(_SUBJECTS, 4)]
    inner = {"level": rng.randrange(9), "until": None}
    return dict(zip(names, (f"новое {rng.randrange(99)}", None, inner, [rng.randrange(99), "x"]), strict=True))
