"""How long the audit's rows stay: records for good."""

from collections.abc import Mapping

from servicekit.retention import OnePer, Otherwise, Rule

RULES: Mapping[str, Rule] = {
    "chains": OnePer("cabinet and user ever recorded"),
    "records": Otherwise("never: a record that is gone is what the audit is there to find"),
    "personal": Otherwise("with the person: `python -m audit erase`"),
    "heads": Otherwise("never: one an hour"),
}
