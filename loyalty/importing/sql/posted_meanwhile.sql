-- A till posted some of the chunk's receipts after we looked: its bills stand, the members' sums are made anew.
WITH gone AS (
    DELETE FROM import_chunk n
    USING loyalty_purchase p
    WHERE p.store_id = n.store_id
        AND p.period = n.period
        AND p.receipt = n.receipt
        AND p.revision = 1
        AND p.import_id IS DISTINCT FROM %(import_id)s
    RETURNING
        n.rows,
        (p.total, p.occurred_at, p.member_id) IS DISTINCT FROM (n.total, n.occurred_at, n.member_id) AS other
)
INSERT INTO import_problem SELECT unnest(rows), 'receipt_conflict' FROM gone WHERE other;

UPDATE import_chunk n
SET nth = w.nth, earned_so_far = w.earned_so_far
FROM (
    SELECT
        bill,
        (count(*) FILTER (WHERE earned > 0) OVER bills)::integer AS nth,
        (sum(earned) OVER bills)::bigint AS earned_so_far
    FROM import_chunk
    WINDOW bills AS (PARTITION BY member_id ORDER BY occurred_at, bill ROWS UNBOUNDED PRECEDING)
) w
WHERE w.bill = n.bill AND (w.nth, w.earned_so_far) IS DISTINCT FROM (n.nth, n.earned_so_far);
