"""What the gateway keeps sealed and cannot open, and who can. A later change of a webhook or target tells it again."""

from collections.abc import Mapping, Sequence

from contracts.notification_targets import address_belongs_to
from contracts.webhooks import secret_belongs_to
from servicekit.sealed_columns import SealedColumn

TO: Mapping[str, Sequence[SealedColumn]] = {
    "ingestor": (SealedColumn("wb_cabinets", "cabinet_id", "sealed_token", str),),
    "notifier": (
        SealedColumn("webhook_subscriptions", "webhook_id", "secrets", secret_belongs_to, is_list=True),
        SealedColumn("notification_targets", "target_id", "sealed_address", address_belongs_to),
    ),
}
COLUMNS = tuple(column for columns in TO.values() for column in columns)
