"""An invented shop, of which previews of messages tell."""

from datetime import datetime

from contracts.model import MOSCOW

NOW = datetime(2026, 11, 20, 14, 10, tzinfo=MOSCOW)
SHOP = "Северный ветер"
