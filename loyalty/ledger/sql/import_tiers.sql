-- Tiers that the chunk's bills reach: the spend of the rolling window at every instant of buying, under the table then in
-- force (ROLLING: one part per table, because a window frame has one width). Each rise is a beginning at its instant.
-- Only who has ever spent enough for a tier above their own can have risen: the index of a member's bills tells, and for
-- most members the answer is no.
DROP TABLE IF EXISTS import_spent;
CREATE TEMP TABLE import_spent AS
WITH above AS (
    SELECT t.id AS tier_id, min(h.spend) AS spend
    FROM loyalty_tier t
    JOIN loyalty_tier higher ON higher.rank > t.rank
    JOIN loyalty_tierthreshold h ON h.tier_id = higher.id
    GROUP BY t.id
)
SELECT s.member_id, a.known
FROM import_sum s
JOIN import_account a USING (member_id)
JOIN above USING (tier_id)
WHERE NOT a.known AND s.spend >= above.spend
UNION ALL
SELECT a.member_id, a.known
FROM import_account a
JOIN above USING (tier_id)
JOIN loyalty_purchase p USING (member_id)
WHERE a.known
    AND p.member_id BETWEEN (SELECT member_id FROM import_account ORDER BY member_id LIMIT 1)
    AND (SELECT member_id FROM import_account ORDER BY member_id DESC LIMIT 1)
GROUP BY a.member_id, a.known, above.spend
HAVING sum(p.base) + coalesce((SELECT sum(m.base) FROM loyalty_billmove m WHERE m.to_member_id = a.member_id), 0)
    >= above.spend;
ANALYZE import_spent;

-- they are few: their bills are looked up one by one
SET LOCAL enable_nestloop = on;
DROP TABLE IF EXISTS import_metric;
CREATE TEMP TABLE import_metric AS
SELECT n.member_id, n.occurred_at AS at, n.total AS base, n.id
FROM import_chunk n
JOIN import_spent s USING (member_id)
WHERE NOT s.known
UNION ALL
SELECT p.member_id, p.occurred_at, p.base, p.id
FROM import_spent s
JOIN loyalty_purchase p USING (member_id)
LEFT JOIN loyalty_reviewdecision d ON d.purchase_id = p.id
WHERE s.known AND (p.status = 'posted' OR d.approved)
UNION ALL
SELECT r.member_id, r.counts_at, -r.base, r.purchase_id
FROM import_spent s
JOIN loyalty_return r USING (member_id)
WHERE s.known
UNION ALL
SELECT m.to_member_id, m.counts_at, m.base, m.purchase_id
FROM import_spent s
JOIN loyalty_billmove m ON m.to_member_id = s.member_id
WHERE s.known
UNION ALL
SELECT m.from_member_id, m.counts_at, -m.base, m.purchase_id
FROM import_spent s
JOIN loyalty_billmove m ON m.from_member_id = s.member_id
WHERE s.known
UNION ALL
SELECT s.member_id, t.valid_from, 0, NULL
FROM import_spent s
JOIN loyalty_tierturn u ON u.upto >= s.member_id
JOIN loyalty_tiertable t ON t.id = u.table_id;
SET LOCAL enable_nestloop = off;
ANALYZE import_metric;

DROP TABLE IF EXISTS import_rise;
CREATE TEMP TABLE import_rise AS
SELECT member_id, at, id, rank
FROM (
    SELECT
        member_id, at, id, rank, floor,
        max(rank) OVER (PARTITION BY member_id ORDER BY at, id ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING) AS before
    FROM (
        SELECT
            m.member_id, m.at, m.id,
            (SELECT max(t.rank) FROM loyalty_tierthreshold h JOIN loyalty_tier t ON t.id = h.tier_id
              WHERE h.table_id = m.table_id AND h.spend <= m.spend) AS rank,
            coalesce(stands.rank, 0) AS floor
        FROM (ROLLING) m
        JOIN import_account a USING (member_id)
        LEFT JOIN loyalty_tier stands ON stands.id = a.tier_id
        WHERE m.spend >= %(lowest)s
    ) ranked
    WHERE rank > floor
) steps
WHERE before IS NULL OR rank > before;
ANALYZE import_rise;

INSERT INTO loyalty_tierbeginning (member_id, since, tier_id, cause, subject_id, recorded_at, by)
SELECT
    r.member_id, greatest(r.at, last.since), t.id, 'import', r.id, %(at)s, %(by)s
FROM import_rise r
JOIN loyalty_tier t ON t.rank = r.rank
LEFT JOIN (
    SELECT b.member_id, max(b.since) AS since
    FROM loyalty_tierbeginning b
    JOIN (SELECT DISTINCT member_id FROM import_rise) risen USING (member_id)
    GROUP BY b.member_id
) last ON last.member_id = r.member_id
ORDER BY r.member_id, r.at, r.rank;

UPDATE loyalty_account a
SET tier_id = t.id
FROM (SELECT member_id, max(rank) AS rank FROM import_rise GROUP BY member_id) r
JOIN loyalty_tier t ON t.rank = r.rank
WHERE a.member_id = r.member_id;
