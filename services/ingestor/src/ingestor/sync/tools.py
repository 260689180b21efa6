"""What runs stand on."""

from dataclasses import dataclass, field
from datetime import timedelta

from servicekit.db import Database

from ingestor.sync.shapes import Shapes
from ingestor.wb.budget import Budget
from ingestor.wb.client import WbClient


@dataclass(frozen=True, slots=True)
class Tools:
    """What runs stand on."""

    database: Database
    client: WbClient
    budget: Budget
    private_keys: str
    interval_seconds: float
    rate: float
    page_rows: int
    attempts: int
    newest: timedelta = timedelta.max
    dormant_after: timedelta = timedelta.max
    shapes: Shapes = field(default_factory=Shapes)
