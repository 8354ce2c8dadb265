-- Customers at the start and at the end of the %(period)s days up to %(date)s. Kept is judged at each of the two ends; a
-- bill kept at the end was kept at the start. Whoever was no customer at the start has no kept bill in the window before
-- it, so that only bills before that window tell who came back.
WITH ends AS (
    SELECT %(date)s::date AS finish, %(date)s::date - %(period)s AS start
), present AS (
    SELECT
        b.member_id,
        bool_or(b.business_date <= e.start AND (b.gone_on IS NULL OR b.gone_on > e.start)) AS at_start,
        bool_or(b.business_date > e.finish - %(window)s AND (b.gone_on IS NULL OR b.gone_on > e.finish)) AS at_end
    FROM analytics_owned b
    CROSS JOIN ends e
    WHERE b.member_id IS NOT NULL
        AND b.business_date > %(date)s::date - %(period)s - %(window)s AND b.business_date <= %(date)s::date
    GROUP BY b.member_id
), back AS (
    SELECT count(*) AS members
    FROM present p
    WHERE p.at_end AND NOT p.at_start
        AND (
            EXISTS (
                SELECT FROM analytics_bill b, ends e
                WHERE b.member_id = p.member_id AND b.business_date <= e.start
                    AND (b.gone_on IS NULL OR b.gone_on > e.finish)
                    AND NOT EXISTS (SELECT FROM loyalty_billmove m WHERE m.purchase_id = b.id)
            )
            OR EXISTS (
                SELECT FROM loyalty_billowner o
                JOIN analytics_bill b ON b.id = o.purchase_id
                CROSS JOIN ends e
                WHERE o.member_id = p.member_id AND b.business_date <= e.start
                    AND (b.gone_on IS NULL OR b.gone_on > e.finish)
            )
        )
)
SELECT
    count(*) FILTER (WHERE at_start),
    count(*) FILTER (WHERE at_end),
    count(*) FILTER (WHERE at_start AND at_end),
    (SELECT members FROM back)
FROM present
