-- Points that ended with each of the days from one to another: what ends at a midnight ended with the day before it.
INSERT INTO analytics_expirednight (date, points)
SELECT day::date, coalesce(ended.points, 0)
FROM generate_series(%(first)s::date, %(last)s::date, interval '1 day') AS day
LEFT JOIN (
    SELECT ((e.effective_at AT TIME ZONE %(zone)s) - interval '1 microsecond')::date AS day, -sum(e.available) AS points
    FROM loyalty_entry e
    JOIN members_member m ON m.id = e.member_id AND NOT m.practice
    WHERE e.kind = 'expire' AND e.effective_at > %(begin)s AND e.effective_at <= %(end)s
    GROUP BY 1
) ended USING (day)
ON CONFLICT (date) DO UPDATE SET points = excluded.points
