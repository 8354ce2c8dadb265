-- The balance after each bill of the chunk: a member's bills in the order they happened, debt repaid by the first points.
DROP TABLE IF EXISTS import_running;
CREATE TEMP TABLE import_running AS
SELECT
    bill, id, member_id, store_id, occurred_at, earned, expires_at, seq, lot, pending, held,
    least(debt, earned_so_far) - least(debt, earned_so_far - earned) AS repaid,
    available + earned_so_far - least(debt, earned_so_far) AS available_after,
    debt - least(debt, earned_so_far) AS debt_after
FROM (
    SELECT
        n.bill, n.id, n.member_id, n.store_id, n.occurred_at, n.earned, n.expires_at,
        a.available, a.pending, a.held, a.debt,
        (a.entries + count(*) FILTER (WHERE n.earned > 0) OVER bills)::integer AS seq,
        (a.lots + count(*) FILTER (WHERE n.earned > 0) OVER bills)::integer AS lot,
        (sum(n.earned) OVER bills)::bigint AS earned_so_far
    FROM import_new n
    JOIN import_account a USING (member_id)
    WHERE n.chunk = %(chunk)s
    WINDOW bills AS (PARTITION BY n.member_id ORDER BY n.occurred_at, n.bill ROWS UNBOUNDED PRECEDING)
) summed
ORDER BY member_id, occurred_at, bill;

ANALYZE import_running;
