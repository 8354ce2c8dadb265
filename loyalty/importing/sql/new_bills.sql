-- What will be posted: each bill with its id, its member, what it earns under the rule of its day and when that ends.
-- Ids grow with the receipts, so that purchases and lines are written in the order of their keys.
CREATE TEMP TABLE import_new AS
SELECT
    sorted.*,
    uuidv7() AS id,
    CASE WHEN member_id IS NULL THEN 0 ELSE total / r.per_amount * r.points END AS earned,
    CASE WHEN member_id IS NULL THEN NULL ELSE r.id END AS rule_id,
    CASE
        WHEN x.months IS NOT NULL
            THEN ((occurred_at::timestamp::date + make_interval(months => x.months))::date + 1)::timestamptz
    END AS expires_at,
    0 AS chunk
FROM (
    SELECT
        b.bill, b.store_id, b.period, b.receipt, b.business_date, b.occurred_at, b.channel, b.staff, t.id AS terminal_id,
        b.lines, b.total, b.fingerprint, m.member_id,
        greatest(width_bucket(b.occurred_at, %(rules)s::timestamptz[]), 1) AS rule_no,
        greatest(width_bucket(b.occurred_at, %(expiries)s::timestamptz[]), 1) AS expiry_no
    FROM import_bill b
    LEFT JOIN import_known k ON k.bill = b.bill
    LEFT JOIN import_member m ON m.text = b.member
    LEFT JOIN loyalty_terminal t ON b.terminal <> '' AND t.store_id = b.store_id AND t.code = b.terminal
    WHERE k.bill IS NULL
        AND NOT (b.mixed OR b.lines > 500 OR b.total > 100000000000)
        AND (b.member = '' OR m.member_id IS NOT NULL)
    ORDER BY b.bill
) sorted
JOIN (SELECT row_number() OVER (ORDER BY valid_from) AS no, * FROM loyalty_earningrule) r ON r.no = rule_no
JOIN (SELECT row_number() OVER (ORDER BY valid_from) AS no, * FROM loyalty_expirypolicy) x ON x.no = expiry_no;
