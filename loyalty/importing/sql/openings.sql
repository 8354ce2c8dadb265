-- The lots that members bring along and have not brought before. What an earlier file brought is told by the same points
-- with the same end, as often as the file has them; the entry's reason keeps that end as the file wrote it.
CREATE TEMP TABLE import_opening AS
SELECT
    lots.*,
    (count(*) OVER mine)::integer AS nth,
    (sum(earned) OVER mine)::bigint AS earned_so_far
FROM (
    SELECT
        j.person, j.member_id, r.row AS bill, NULL::uuid AS id, NULL::integer AS store_id, %(at)s::timestamptz AS occurred_at,
        0::bigint AS total, r.points::bigint AS earned, r.points_expire_on::date AS ends_on,
        coalesce(r.points_expire_on::date::text, '') AS reason,
        CASE WHEN r.points_expire_on IS NULL THEN %(end)s::timestamptz ELSE (r.points_expire_on::date + 1)::timestamptz END
            AS expires_at,
        false AS slides,
        row_number() OVER (PARTITION BY j.member_id, r.points, r.points_expire_on::date ORDER BY r.row) AS turn
    FROM import_row r
    JOIN import_named n USING (row)
    JOIN import_joiner j USING (key)
    WHERE r.points > 0
) lots
LEFT JOIN (
    SELECT e.member_id, e.available - e.debt AS points, e.reason, count(*) AS brought
    FROM loyalty_entry e
    JOIN (SELECT DISTINCT member_id FROM import_joiner WHERE NOT fresh) j USING (member_id)
    WHERE e.kind = 'opening' AND e.by LIKE 'import:%%'
    GROUP BY e.member_id, e.available - e.debt, e.reason
) before ON before.member_id = lots.member_id AND before.points = lots.earned AND before.reason = lots.reason
WHERE lots.turn > coalesce(before.brought, 0)
WINDOW mine AS (PARTITION BY lots.member_id ORDER BY lots.bill ROWS UNBOUNDED PRECEDING);
ANALYZE import_opening;

-- The tiers they were promised, once each; what has ended already lifts nobody.
CREATE TEMP TABLE import_lift AS
SELECT DISTINCT ON (j.member_id)
    j.person, j.member_id, t.id AS tier_id, t.rank, (r.tier_until::date + 1)::timestamptz AS until_at
FROM import_row r
JOIN import_named n USING (row)
JOIN import_joiner j USING (key)
JOIN loyalty_tier t ON lower(btrim(r.tier)) IN (t.code, lower(t.name_vi), lower(t.name_en))
WHERE t.rank > 0
    AND (r.tier_until IS NULL OR (r.tier_until::date + 1)::timestamptz > %(at)s)
    AND NOT EXISTS (
        SELECT FROM loyalty_tieroverride o
        WHERE o.member_id = j.member_id AND o.tier_id = t.id AND o.by LIKE 'import:%%'
            AND o.until_at IS NOT DISTINCT FROM (r.tier_until::date + 1)::timestamptz
    )
ORDER BY j.member_id, t.rank DESC, r.row;
ANALYZE import_lift;
