UPDATE import_new n
SET chunk = c.chunk
FROM (
    SELECT
        bill,
        -- a member's bills stay together: the chunk of the member's first bill
        (CASE
            WHEN member_id IS NULL THEN position
            ELSE min(position) OVER (PARTITION BY member_id)
        END - 1) / %(size)s AS chunk
    FROM (SELECT bill, member_id, row_number() OVER (ORDER BY member_id, bill) AS position FROM import_new) placed
) c
WHERE c.bill = n.bill;
ANALYZE import_new;
