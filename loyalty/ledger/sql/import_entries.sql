-- One entry and one lot for each bill that brings points, or for points brought along (no id: opening), in key order.
INSERT INTO loyalty_entry (
    member_id, seq, kind, available, pending, held, debt, available_after, pending_after, held_after, debt_after,
    effective_at, recorded_at, by, store_id, purchase_id, reason
)
SELECT
    n.member_id, a.entries + n.nth, CASE WHEN n.id IS NULL THEN 'opening' ELSE 'earn' END,
    n.earned - least(a.debt, n.earned_so_far) + least(a.debt, n.earned_so_far - n.earned), 0, 0,
    least(a.debt, n.earned_so_far - n.earned) - least(a.debt, n.earned_so_far),
    a.available + n.earned_so_far - least(a.debt, n.earned_so_far), a.pending, a.held,
    a.debt - least(a.debt, n.earned_so_far),
    n.occurred_at, %(at)s, %(by)s, n.store_id, n.id, n.reason
FROM import_chunk n
JOIN import_account a USING (member_id)
WHERE n.earned > 0;

INSERT INTO loyalty_lot (member_id, seq, entry_seq, points, remaining, opened_at, expires_at, slides)
SELECT
    n.member_id, a.lots + n.nth, a.entries + n.nth, n.earned,
    CASE
        WHEN NOT a.slow AND n.expires_at <= %(at)s THEN 0
        ELSE n.earned - least(a.debt, n.earned_so_far) + least(a.debt, n.earned_so_far - n.earned)
    END,
    n.occurred_at, n.expires_at, n.slides
FROM import_chunk n
JOIN import_account a USING (member_id)
WHERE n.earned > 0;
