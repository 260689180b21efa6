"""What a message can be about."""

from typing import Literal

Kind = Literal["order_new", "order_changed", "order_cancelled"]
