-- The gaps between two visits (days with a kept bill) of the same member within the year up to %(date)s: how many, and
-- the number of days that nine of ten do not exceed. In a large shop, of one member in %(every)s, by the end of the id.
SELECT count(*), percentile_disc(0.9) WITHIN GROUP (ORDER BY gap)
FROM (
    SELECT business_date - lag(business_date) OVER (PARTITION BY member_id ORDER BY business_date) AS gap
    FROM (
        SELECT DISTINCT b.member_id, b.business_date
        FROM analytics_owned b
        WHERE b.member_id IS NOT NULL
            AND b.business_date > %(date)s::date - %(year)s AND b.business_date <= %(date)s::date
            AND (b.gone_on IS NULL OR b.gone_on > %(date)s::date)
            AND get_byte(uuid_send(b.member_id), 15) %% %(every)s = 0
    ) visit
) between_visits
WHERE gap IS NOT NULL
