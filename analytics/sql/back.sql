-- What returns change: {returns} chooses from `r`. A return takes its part of a line's revenue and cost in proportion, down
-- to the unit; the one that makes the bill whole takes all that is left, so that any split of a return comes to the same.
-- No part depends on the order of the returns. A return is of the member whose the bill was then.
back AS (
    SELECT
        r.id, r.purchase_id, r.store_id, r.business_date, r.due, r.clawed_back, r.given_back, r.whole,
        r.kind, r.member_id, b.store_id AS sold_at, b.business_date AS sold_on, b.staff
    FROM loyalty_return r
    JOIN analytics_bill b ON b.id = r.purchase_id
    WHERE {returns}
), back_line AS (
    SELECT
        k.return_id, k.purchase_id,
        sum(div((l.gross - l.voucher_discount - l.points_discount)::numeric * part.taken, part.whole)) AS costed,
        sum(div(l.cost::numeric * part.taken, part.whole)) AS cost
    FROM loyalty_returnline k
    JOIN loyalty_purchaseline l ON l.purchase_id = k.purchase_id AND l.line = k.line
    CROSS JOIN LATERAL (
        SELECT
            CASE WHEN l.amount > 0 THEN k.amount ELSE k.quantity END AS taken,
            CASE WHEN l.amount > 0 THEN l.amount ELSE l.quantity END AS whole
    ) part
    WHERE l.cost IS NOT NULL AND k.purchase_id IN (SELECT purchase_id FROM back)
    GROUP BY k.return_id, k.purchase_id
), back_so_far AS (
    SELECT purchase_id, sum(costed) AS costed, sum(cost) AS cost FROM back_line GROUP BY purchase_id
), whole_line AS (
    SELECT l.purchase_id, sum(l.gross - l.voucher_discount - l.points_discount) AS costed, sum(l.cost) AS cost
    FROM loyalty_purchaseline l
    WHERE l.cost IS NOT NULL AND l.purchase_id IN (SELECT purchase_id FROM back WHERE whole)
    GROUP BY l.purchase_id
), back_share AS (
    SELECT
        b.id,
        coalesce(own.costed, 0) + CASE WHEN b.whole THEN coalesce(w.costed - coalesce(s.costed, 0), 0) ELSE 0 END AS costed,
        coalesce(own.cost, 0) + CASE WHEN b.whole THEN coalesce(w.cost - coalesce(s.cost, 0), 0) ELSE 0 END AS cost
    FROM back b
    LEFT JOIN back_line own ON own.return_id = b.id
    LEFT JOIN back_so_far s ON s.purchase_id = b.purchase_id
    LEFT JOIN whole_line w ON w.purchase_id = b.purchase_id
), back_move AS (
    SELECT
        b.store_id, b.business_date, b.member_id, 0 AS bills, 0 AS visits, 0::bigint AS gross, b.due AS returned,
        -s.costed AS costed, s.cost - s.costed AS profit, -b.clawed_back AS earned, -b.given_back AS spent,
        b.staff
    FROM back b
    JOIN back_share s ON s.id = b.id
    UNION ALL
    -- a bill that has wholly come back was no visit, on its own day; one that was corrected was rung up once
    SELECT sold_at, sold_on, member_id, CASE kind WHEN 'correction' THEN -1 ELSE 0 END, -1, 0, 0, 0, 0, 0, 0, staff FROM back WHERE whole
)
