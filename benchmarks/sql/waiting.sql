-- So many members have twenty points that wait, each until one of these moments, as a gift of the house wrote them.
DROP TABLE IF EXISTS bench_waiting;
CREATE UNLOGGED TABLE bench_waiting AS
SELECT member_id, entries + 1 AS entry_seq, lots + 1 AS lot_seq, a.available, a.pending, a.held, a.debt,
    (%(moments)s::timestamptz[])[1 + row_number() OVER () %% cardinality(%(moments)s::timestamptz[])] AS matures_at
FROM loyalty_account a
ORDER BY hashtextextended(member_id::text, %(round)s)
LIMIT %(members)s;
ANALYZE bench_waiting;

INSERT INTO loyalty_entry (
    member_id, seq, kind, available, pending, held, debt, available_after, pending_after, held_after, debt_after,
    effective_at, recorded_at, by, reason
)
SELECT member_id, entry_seq, 'adjust', 0, 20, 0, 0, available, pending + 20, held, debt, %(at)s, %(at)s, 'system', 'quà'
FROM bench_waiting
ORDER BY member_id;

INSERT INTO loyalty_lot (member_id, seq, entry_seq, points, remaining, opened_at, expires_at, matures_at, pending)
SELECT member_id, lot_seq, entry_seq, 20, 20, %(at)s, matures_at + interval '365 days', matures_at, true
FROM bench_waiting
ORDER BY member_id;

UPDATE loyalty_account a
SET pending = a.pending + 20, entries = entry_seq, lots = lot_seq, next_due_at = least(next_due_at, matures_at)
FROM bench_waiting w
WHERE a.member_id = w.member_id;

DROP TABLE bench_waiting;
