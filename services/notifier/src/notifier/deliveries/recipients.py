"""Who is told of a cabinet: in one place, for whatever adds deliveries.

Parts of statements in which `m` is a row of `members`, `w` one of `webhooks`, and `told` has a `kind`.
"""

IS_WANTED = """NOT EXISTS (
    SELECT FROM preferences p
    WHERE (p.cabinet_id, p.telegram_id, p.channel) = (m.cabinet_id, m.telegram_id, 'telegram')
      AND told.kind = ANY (p.off)
)"""
"""The member wants messages of this kind."""

COVERS = "w.removed_at IS NULL AND (w.cabinets IS NULL OR m.cabinet_id = ANY (w.cabinets))"
"""The webhook, which is the member's, is told of the cabinet."""

IS_PAUSED = "(NOT w.is_active OR w.paused_at IS NOT NULL)"
"""By its user, or because its endpoint fails: what it is to be told is kept."""
