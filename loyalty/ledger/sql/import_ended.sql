-- New points that had ended before they came: one entry for all of a member that ended together, using up their lots.
DROP TABLE IF EXISTS import_ending;
CREATE TEMP TABLE import_ending AS
SELECT
    e.member_id, e.expires_at, e.points,
    (a.entries + s.earns + row_number() OVER ends)::integer AS seq,
    a.available + s.earned - (sum(e.points) OVER ends)::bigint AS available_after,
    a.pending, a.held
FROM import_ended e
JOIN import_sum s USING (member_id)
JOIN import_account a USING (member_id)
WHERE NOT a.slow
WINDOW ends AS (PARTITION BY e.member_id ORDER BY e.expires_at ROWS UNBOUNDED PRECEDING);
ANALYZE import_ending;

INSERT INTO loyalty_entry (
    member_id, seq, kind, available, pending, held, debt, available_after, pending_after, held_after, debt_after,
    effective_at, recorded_at, by
)
SELECT member_id, seq, 'expire', -points, 0, 0, 0, available_after, pending, held, 0, expires_at, %(at)s, 'system'
FROM import_ending
ORDER BY member_id, seq;

INSERT INTO loyalty_lotuse (member_id, entry_seq, lot_seq, points)
SELECT n.member_id, e.seq, a.lots + n.nth, n.earned
FROM import_chunk n
JOIN import_ending e USING (member_id, expires_at)
JOIN import_account a USING (member_id)
WHERE n.earned > 0
ORDER BY n.member_id, e.seq, n.nth;
