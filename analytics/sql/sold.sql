-- What bills change, one row per bill: {bills} chooses from `b`.
sold AS (
    SELECT b.* FROM analytics_bill b WHERE {bills}
), sold_line AS (
    SELECT l.purchase_id, sum(l.gross - l.voucher_discount - l.points_discount) AS costed, sum(l.cost) AS cost
    FROM loyalty_purchaseline l
    WHERE l.cost IS NOT NULL AND l.purchase_id IN (SELECT id FROM sold)
    GROUP BY l.purchase_id
), sold_move AS (
    SELECT
        b.store_id, b.business_date, b.member_id, 1 AS bills, 1 AS visits, b.due AS gross, 0::bigint AS returned,
        coalesce(l.costed, 0) AS costed, coalesce(l.costed - l.cost, 0) AS profit, b.earned, b.spent,
        b.staff
    FROM sold b
    LEFT JOIN sold_line l ON l.purchase_id = b.id
)
