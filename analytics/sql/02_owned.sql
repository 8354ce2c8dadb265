-- Bills that count, each with the member it belongs to now: a move or a claim has given some another than they were sold
-- to.
CREATE OR REPLACE VIEW analytics_owned AS
SELECT
    b.id, b.store_id, coalesce(o.member_id, b.member_id) AS member_id, b.business_date, b.occurred_at, b.gone_on
FROM analytics_bill b
LEFT JOIN loyalty_billowner o ON o.purchase_id = b.id;
