"""How long the ingestor's rows stay."""

from collections.abc import Mapping

from servicekit.retention import OlderThan, OnePer, Rule

from ingestor.commands import journal
from ingestor.hints import inbox
from ingestor.resources import RESOURCES
from ingestor.settings import IngestorSettings
from ingestor.sync import refused


def rules(settings: IngestorSettings) -> Mapping[str, Rule]:
    """The rule of every table.

    What a resource's own table has stays for as long as its cabinet: a row that was forgotten and is read again would
    be told as new.
    """
    ours: dict[str, Rule] = {
        "cabinets": OnePer("cabinet ever connected"),
        "sync_state": OnePer("resource of a cabinet"),
        "sync_ranges": OlderThan("ended_at", settings.sync_log_keep_days),
        "sync_logs": OlderThan("started_at", settings.sync_log_keep_days),
        "quarantine": OlderThan("last_seen_at", settings.quarantine_keep_days),
        "sync_seen": OnePer("row of a reading under way"),
        "sync_losses": OnePer("row whose loss is yet to be confirmed"),
        "refused_subjects": OlderThan("refused_at", refused.KEEP_DAYS),
        "odd_pages": OlderThan("since", settings.quarantine_keep_days),
        "wb_commands": OlderThan("ended_at", journal.KEEP_DAYS),
        "completeness": OlderThan("asked_at", settings.history_keep_days),
        "reconciliations": OnePer("resource of a cabinet"),
        "reconciled_days": OnePer("day of a reading under way"),
        "wb_hints": OlderThan("received_at", inbox.KEEP_DAYS),
        "hinted_reads": OnePer("resource of a cabinet that is to be read because of a hint"),
        "data_delays": OnePer("resource that is late"),
        "wb_methods": OnePer("method of Wildberries in use"),
        "wb_shapes": OnePer("name in the rows of a method, of each 1,000 at most"),
    }
    for resource in RESOURCES.values():
        ours[resource.storage.table.name] = OnePer(f"{', '.join(resource.storage.keys)} of a cabinet")
        if resource.storage.history is not None:
            ours[resource.storage.history.name] = OlderThan("changed_at", settings.history_keep_days)
    return ours
