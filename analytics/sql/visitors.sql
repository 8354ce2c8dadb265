-- Members with a kept bill in the days up to a date, at each store and (store 0) in the whole house.
INSERT INTO analytics_visitornight (date, store_id, members)
SELECT %(date)s, coalesce(store_id, 0), count(DISTINCT member_id)
FROM analytics_owned
WHERE member_id IS NOT NULL AND business_date > %(date)s - %(days)s AND business_date <= %(date)s
    AND (gone_on IS NULL OR gone_on > %(date)s)
GROUP BY GROUPING SETS ((store_id), ())
