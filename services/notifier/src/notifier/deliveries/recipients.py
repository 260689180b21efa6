"""Who is told of a cabinet: in one place, for whatever adds deliveries.

Parts of statements in which `m` is a row of `members`, `w` one of `webhooks`, `t` one of `targets`, and `told` has a
`kind`. Members are told of everything; whether each wants it is decided when it goes (`notifier.deciding`).
"""

IS_WANTED = """coalesce((
    SELECT CAST(rule ->> 'is_on' AS boolean)
    FROM notification_settings s, jsonb_array_elements(s.document -> 'rules') AS rule
    WHERE s.telegram_id = m.telegram_id AND rule ->> 'is_on' IS NOT NULL
      AND coalesce(rule ->> 'cabinet_id', CAST(m.cabinet_id AS text)) = CAST(m.cabinet_id AS text)
      AND coalesce(rule ->> 'kind', told.kind) = told.kind
      AND coalesce(rule ->> 'channel', 'telegram') = 'telegram'
    ORDER BY rule ->> 'channel' IS NOT NULL DESC, rule ->> 'kind' IS NOT NULL DESC,
             rule ->> 'cabinet_id' IS NOT NULL DESC
    LIMIT 1
), true)"""
"""The member did not switch messages of this kind off: his most special rule (`contracts.notification_settings`). For
what is told of one of his cabinets, whichever."""

COVERS = "w.removed_at IS NULL AND (w.cabinets IS NULL OR m.cabinet_id = ANY (w.cabinets))"
"""The webhook, which is the member's, is told of the cabinet."""

IS_PAUSED = "(NOT w.is_active OR w.paused_at IS NOT NULL)"
"""By its user, or because its endpoint fails: what it is to be told is kept."""

IS_TOLD = """(t.removed_at IS NULL AND t.ended_at IS NULL AND t.is_confirmed
    AND (t.cabinets IS NULL OR m.cabinet_id = ANY (t.cabinets)))"""
"""The target, which is the member's, is told of the cabinet."""
