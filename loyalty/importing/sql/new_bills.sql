-- What will be posted, member by member in the order it happened: each bill with its id, what it earns under the rule of
-- its day, when that ends, and the running count and sum of the member's points; or one of two halves that share no
-- member. Ids grow with the receipts.
SELECT
    valued.*,
    (count(*) FILTER (WHERE earned > 0) OVER bills)::integer AS nth,
    (sum(earned) OVER bills)::bigint AS earned_so_far
FROM (
    SELECT
        b.bill, b.row, b.rows, b.lines, b.store_id, b.period, b.receipt, b.business_date, b.occurred_at,
        b.channel, b.staff, t.id AS terminal_id, b.total, b.fingerprint, m.member_id,
        uuidv7() AS id,
        CASE WHEN m.member_id IS NULL THEN 0 ELSE b.total / r.per_amount * r.points END AS earned,
        r.id AS rule_id, r.per_amount, r.points AS per_points,
        e.expires_at, x.kind = 'inactivity' AS slides
    FROM import_bill b
    LEFT JOIN import_member m ON m.text = b.member
    LEFT JOIN loyalty_terminal t ON t.store_id = b.store_id AND t.code = b.terminal
    JOIN (SELECT row_number() OVER (ORDER BY valid_from) AS no, * FROM loyalty_earningrule) r
        ON r.no = greatest(width_bucket(b.occurred_at, %(rules)s::timestamptz[]), 1)
    JOIN (SELECT row_number() OVER (ORDER BY valid_from) AS no, * FROM loyalty_expirypolicy) x
        ON x.no = greatest(width_bucket(b.occurred_at, %(expiries)s::timestamptz[]), 1)
    LEFT JOIN unnest(%(end_policies)s::smallint[], %(end_days)s::date[], %(ends)s::timestamptz[])
        AS e (policy_id, day, expires_at) ON e.policy_id = x.id AND e.day = b.occurred_at::timestamp::date
    WHERE (b.member = '' OR m.member_id IS NOT NULL)
        AND (%(halves)s = 1 OR abs(hashtext(coalesce(m.member_id::text, b.bill::text)) %% 2) = %(half)s)
        AND (%(all_new)s OR NOT EXISTS (SELECT FROM import_known k WHERE k.bill = b.bill))
    OFFSET 0
) valued
WINDOW bills AS (PARTITION BY member_id ORDER BY occurred_at, bill ROWS UNBOUNDED PRECEDING);
