-- Everything due of the chunk's accounts, lots that stood before and lots just opened: one entry per member and end.
DROP TABLE IF EXISTS import_due;
CREATE TEMP TABLE import_due AS
SELECT member_id, lot AS lot_seq, earned - repaid AS points, expires_at
FROM import_running
WHERE expires_at <= %(at)s AND earned > repaid
UNION ALL
SELECT l.member_id, l.seq, l.remaining, l.expires_at
FROM import_account a
JOIN loyalty_lot l USING (member_id)
WHERE a.next_due_at <= %(at)s AND l.remaining > 0 AND l.expires_at <= %(at)s AND l.seq <= a.lots;

DROP TABLE IF EXISTS import_sum;
CREATE TEMP TABLE import_sum AS
SELECT
    r.member_id,
    count(*) FILTER (WHERE r.earned > 0)::integer AS earns,
    max(r.seq) AS seq,
    max(r.lot) AS lot,
    max(r.occurred_at) AS last_at,
    min(r.expires_at) FILTER (WHERE r.expires_at > %(at)s AND r.earned > r.repaid) AS next_due_at,
    sum(r.earned)::bigint AS earned,
    sum(r.repaid)::bigint AS repaid
FROM import_running r
GROUP BY r.member_id;

ANALYZE import_sum;
ANALYZE import_due;

DROP TABLE IF EXISTS import_ending;
CREATE TEMP TABLE import_ending AS
SELECT
    member_id, expires_at, points,
    (s.seq + row_number() OVER ends)::integer AS seq,
    (sum(points) OVER ends)::bigint AS points_so_far,
    a.available + s.earned - s.repaid AS available_before,
    a.debt - s.repaid AS debt,
    a.pending,
    a.held
FROM (SELECT member_id, expires_at, sum(points)::bigint AS points FROM import_due GROUP BY member_id, expires_at) due
JOIN import_sum s USING (member_id)
JOIN import_account a USING (member_id)
WINDOW ends AS (PARTITION BY member_id ORDER BY expires_at ROWS UNBOUNDED PRECEDING);

ANALYZE import_ending;

INSERT INTO loyalty_entry (
    member_id, seq, kind, available, pending, held, debt, available_after, pending_after, held_after, debt_after,
    effective_at, recorded_at, by
)
SELECT
    member_id, seq, 'expire', -points, 0, 0, 0, available_before - points_so_far, pending, held, debt,
    expires_at, %(at)s, 'system'
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
WHERE l.member_id = d.member_id AND l.seq = d.lot_seq AND l.remaining > 0;
