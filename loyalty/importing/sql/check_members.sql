-- What only the shop can judge of a member's row: the store, the tier, the points.
INSERT INTO import_problem (row, reason)
SELECT row, reason
FROM (
    SELECT
        r.row,
        CASE
            WHEN btrim(r.home_store) <> '' AND s.id IS NULL
                AND NOT (%(create_stores)s AND btrim(r.home_store) ~ '^[A-Za-z0-9_-]{1,32}$') THEN 'store_unknown'
            WHEN btrim(r.tier) <> '' AND t.id IS NULL THEN 'tier_unknown'
            WHEN r.points < 0 OR r.points <> trunc(r.points) OR r.points > 1000000000 THEN 'points_unreadable'
        END AS reason
    FROM import_row r
    LEFT JOIN (SELECT id, code FROM loyalty_store WHERE practice_of_id IS NULL) s ON s.code = btrim(r.home_store)
    LEFT JOIN loyalty_tier t ON lower(btrim(r.tier)) IN (t.code, lower(t.name_vi), lower(t.name_en))
) checked
WHERE reason IS NOT NULL;
