"""How long the gateway's rows stay."""

from collections.abc import Mapping

from servicekit.retention import OlderThan, OnePer, Otherwise, Rule

from gateway import invitations, sessions, wb_commands
from gateway.idempotency.kept_answers import KEEP_DAYS
from gateway.settings import Settings
from gateway.targets import store as targets


def rules(settings: Settings) -> Mapping[str, Rule]:
    """The rule of every table."""
    return {
        "users": OnePer("Telegram user who ever connected a cabinet, joined one or signed in"),
        "wb_cabinets": OnePer("cabinet"),
        "cabinet_members": OnePer("member of a cabinet"),
        "api_keys": OnePer("key ever made: one that was revoked can be asked about"),
        "sessions": OlderThan("refreshed_at", sessions.KEEP_DAYS),
        "invitations": OlderThan("expires_at", invitations.KEEP_DAYS),
        "sync_runs": OlderThan("requested_at", settings.sync_keep_days),
        "sync_run_resources": Otherwise("with its sync"),
        "wb_commands": OlderThan("ended_at", wb_commands.KEEP_DAYS),
        "webhook_subscriptions": OnePer("webhook"),
        "notification_settings": OnePer("user who ever said what he wants to be told"),
        # For as long as codes were sent, and links in old mails are followed.
        "notification_targets": OlderThan("removed_at", targets.KEEP_DAYS),
        "kept_answers": OlderThan("kept_at", KEEP_DAYS),
        "entered_rows": OnePer("revision of what a seller entered: nobody else knows it"),
        "alert_marks": OnePer("alert that somebody marked: a cause has one alert, however often it comes back"),
    }
