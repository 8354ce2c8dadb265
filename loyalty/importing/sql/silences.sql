-- Points that slide end with the member's last bill before a silence that was too long: each bill of such a chain has its
-- last end. What stood before the file slides along when the chunk is written.
UPDATE import_new n
SET expires_at = chain.ends
FROM (
    SELECT id, max(expires_at) OVER (PARTITION BY member_id, chain) AS ends
    FROM (
        SELECT id, member_id, expires_at, sum(broken) OVER (PARTITION BY member_id ORDER BY nth_bill) AS chain
        FROM (
            SELECT
                id, member_id, expires_at, row_number() OVER bills AS nth_bill,
                coalesce(occurred_at >= lag(expires_at) OVER bills, false)::integer AS broken
            FROM import_new
            WHERE member_id IS NOT NULL AND slides
            WINDOW bills AS (PARTITION BY member_id ORDER BY occurred_at, bill)
        ) told
    ) chained
) chain
WHERE n.id = chain.id AND n.expires_at < chain.ends;
