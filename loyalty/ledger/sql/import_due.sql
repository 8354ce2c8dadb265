-- Everything due of the slow accounts, lots that stood before and lots just opened: one entry per member and end.
DROP TABLE IF EXISTS import_due;
CREATE TEMP TABLE import_due AS
SELECT l.member_id, l.seq AS lot_seq, l.remaining AS points, l.expires_at
FROM import_account a
JOIN loyalty_lot l USING (member_id)
WHERE a.slow AND l.remaining > 0 AND NOT l.pending AND l.expires_at <= %(at)s;
ANALYZE import_due;

DROP TABLE IF EXISTS import_ending;
CREATE TEMP TABLE import_ending AS
SELECT
    member_id, expires_at, due.points,
    (a.entries + row_number() OVER ends)::integer AS seq,
    a.available - (sum(due.points) OVER ends)::bigint AS available_after,
    a.pending, a.held, a.debt
FROM (SELECT member_id, expires_at, sum(points)::bigint AS points FROM import_due GROUP BY member_id, expires_at) due
JOIN loyalty_account a USING (member_id)
WINDOW ends AS (PARTITION BY member_id ORDER BY expires_at ROWS UNBOUNDED PRECEDING);
ANALYZE import_ending;

INSERT INTO loyalty_entry (
    member_id, seq, kind, available, pending, held, debt, available_after, pending_after, held_after, debt_after,
    effective_at, recorded_at, by
)
SELECT member_id, seq, 'expire', -points, 0, 0, 0, available_after, pending, held, debt, expires_at, %(at)s, 'system'
FROM import_ending
ORDER BY member_id, seq;

INSERT INTO loyalty_lotuse (member_id, entry_seq, lot_seq, points)
SELECT d.member_id, e.seq, d.lot_seq, d.points
FROM import_due d
JOIN import_ending e USING (member_id, expires_at)
ORDER BY d.member_id, e.seq, d.lot_seq;

UPDATE loyalty_lot l
SET remaining = 0
FROM import_due d
WHERE l.member_id = d.member_id AND l.seq = d.lot_seq;
