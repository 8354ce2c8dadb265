-- First and last kept bill of {members}, looked up by index in the books as they stand now, under the locks of the states:
-- of the bills sold to a member that never moved, and of those that came to the member and stayed.
-- Answers the months between which a first bill moved.
WITH shifted AS (
    UPDATE analytics_memberstate s
    SET first_purchase_id = k.first_id, first_on = k.first_on,
        last_purchase_id = k.last_id, last_at = k.last_at, last_on = k.last_on
    FROM (
        SELECT
            who.member_id, f.id AS first_id, f.business_date AS first_on, l.id AS last_id, l.occurred_at AS last_at,
            l.business_date AS last_on
        FROM ({members}) who
        LEFT JOIN LATERAL (
            SELECT * FROM (
                (SELECT b.id, b.business_date, b.occurred_at FROM analytics_bill b
                WHERE b.member_id = who.member_id AND b.gone_on IS NULL
                    AND NOT EXISTS (SELECT FROM loyalty_billmove m WHERE m.purchase_id = b.id)
                ORDER BY b.occurred_at, b.id LIMIT 1)
                UNION ALL
                (SELECT b.id, b.business_date, b.occurred_at FROM loyalty_billowner o
                JOIN analytics_bill b ON b.id = o.purchase_id
                WHERE o.member_id = who.member_id AND b.gone_on IS NULL
                ORDER BY b.occurred_at, b.id LIMIT 1)
            ) b
            ORDER BY b.occurred_at, b.id LIMIT 1
        ) f ON true
        LEFT JOIN LATERAL (
            SELECT * FROM (
                (SELECT b.id, b.business_date, b.occurred_at FROM analytics_bill b
                WHERE b.member_id = who.member_id AND b.gone_on IS NULL
                    AND NOT EXISTS (SELECT FROM loyalty_billmove m WHERE m.purchase_id = b.id)
                ORDER BY b.occurred_at DESC, b.id DESC LIMIT 1)
                UNION ALL
                (SELECT b.id, b.business_date, b.occurred_at FROM loyalty_billowner o
                JOIN analytics_bill b ON b.id = o.purchase_id
                WHERE o.member_id = who.member_id AND b.gone_on IS NULL
                ORDER BY b.occurred_at DESC, b.id DESC LIMIT 1)
            ) b
            ORDER BY b.occurred_at DESC, b.id DESC LIMIT 1
        ) l ON true
    ) k
    WHERE s.member_id = k.member_id
        AND (s.first_purchase_id, s.last_purchase_id) IS DISTINCT FROM (k.first_id, k.last_id)
    RETURNING old.first_on AS was, new.first_on AS became
)
SELECT DISTINCT date_trunc('month', moved::timestamp)::date
FROM shifted, unnest(ARRAY[was, became]) AS moved
WHERE moved IS NOT NULL AND was IS DISTINCT FROM became
