-- What bills that passed from one owner to the next change: {passed} chooses from `m`. The bill and the returns that had come
-- before leave the old owner (or the guests) and join the new one, each on its own day. The points are those of the move.
passed AS (
    SELECT
        m.id, m.purchase_id, m.from_member_id, m.to_member_id, m.earned_back, m.earned, m.returned, b.store_id,
        b.business_date, b.due, b.staff
    FROM loyalty_billmove m
    JOIN analytics_bill b ON b.id = m.purchase_id
    WHERE {passed}
), passed_line AS (
    SELECT l.purchase_id, sum(l.gross - l.voucher_discount - l.points_discount) AS costed, sum(l.cost) AS cost
    FROM loyalty_purchaseline l
    WHERE l.cost IS NOT NULL AND l.purchase_id IN (SELECT purchase_id FROM passed)
    GROUP BY l.purchase_id
), passed_back AS (
    SELECT p.id, r.id AS return_id, r.store_id, r.business_date, r.due
    FROM passed p
    JOIN loyalty_return r ON r.id = ANY (p.returned)
), passed_back_line AS (
    SELECT
        k.return_id,
        sum(div((l.gross - l.voucher_discount - l.points_discount)::numeric * part.taken, part.whole)) AS costed,
        sum(div(l.cost::numeric * part.taken, part.whole)) AS cost
    FROM loyalty_returnline k
    JOIN loyalty_purchaseline l ON l.purchase_id = k.purchase_id AND l.line = k.line
    CROSS JOIN LATERAL (
        SELECT
            CASE WHEN l.amount > 0 THEN k.amount ELSE k.quantity END AS taken,
            CASE WHEN l.amount > 0 THEN l.amount ELSE l.quantity END AS whole
    ) part
    WHERE l.cost IS NOT NULL AND k.return_id IN (SELECT return_id FROM passed_back)
    GROUP BY k.return_id
), passed_part AS (
    SELECT
        p.id, p.store_id, p.business_date, 1 AS visits, p.due AS gross, 0::bigint AS returned,
        coalesce(l.costed, 0) AS costed, coalesce(l.costed - l.cost, 0) AS profit
    FROM passed p
    LEFT JOIN passed_line l ON l.purchase_id = p.purchase_id
    UNION ALL
    SELECT
        b.id, b.store_id, b.business_date, 0, 0, b.due, -coalesce(l.costed, 0), coalesce(l.cost - l.costed, 0)
    FROM passed_back b
    LEFT JOIN passed_back_line l ON l.return_id = b.return_id
), passed_move AS (
    SELECT
        t.store_id, t.business_date, side.member_id, 0 AS bills, side.sign * t.visits AS visits,
        side.sign * t.gross AS gross, side.sign * t.returned AS returned, side.sign * t.costed AS costed,
        side.sign * t.profit AS profit, 0::bigint AS earned, 0::bigint AS spent, p.staff
    FROM passed_part t
    JOIN passed p ON p.id = t.id
    CROSS JOIN LATERAL (VALUES (p.from_member_id, -1), (p.to_member_id, 1)) AS side(member_id, sign)
    UNION ALL
    SELECT p.store_id, p.business_date, side.member_id, 0, 0, 0, 0, 0, 0, side.earned, 0, p.staff
    FROM passed p
    CROSS JOIN LATERAL (VALUES (p.from_member_id, -p.earned_back), (p.to_member_id, p.earned)) AS side(member_id, earned)
)
