-- One earn entry and one lot for each bill that brings points. A lot whose end is past already opens empty: its points are
-- booked as expired in the same transaction (import_expiry.sql).
INSERT INTO loyalty_entry (
    member_id, seq, kind, available, pending, held, debt, available_after, pending_after, held_after, debt_after,
    effective_at, recorded_at, by, store_id, purchase_id
)
SELECT
    member_id, seq, 'earn', earned - repaid, 0, 0, -repaid, available_after, pending, held, debt_after,
    occurred_at, %(at)s, %(by)s, store_id, id
FROM import_running
WHERE earned > 0;

INSERT INTO loyalty_lot (member_id, seq, entry_seq, points, remaining, opened_at, expires_at)
SELECT
    member_id, lot, seq, earned, CASE WHEN expires_at <= %(at)s THEN 0 ELSE earned - repaid END, occurred_at, expires_at
FROM import_running
WHERE earned > 0;

INSERT INTO loyalty_lotuse (member_id, entry_seq, lot_seq, points)
SELECT member_id, seq, lot, repaid
FROM import_running
WHERE repaid > 0;
