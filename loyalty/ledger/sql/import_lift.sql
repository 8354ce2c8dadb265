-- Tiers that an import promises, on accounts locked in id order.
INSERT INTO loyalty_account (member_id, tier_id)
SELECT member_id, %(first_tier)s
FROM import_lift
WHERE person BETWEEN %(first)s AND %(last)s
ORDER BY member_id
ON CONFLICT DO NOTHING;

DROP TABLE IF EXISTS import_lifted;
CREATE TEMP TABLE import_lifted AS
SELECT a.member_id, coalesce(t.rank, 0) AS rank
FROM loyalty_account a
LEFT JOIN loyalty_tier t ON t.id = a.tier_id
WHERE a.member_id IN (SELECT member_id FROM import_lift WHERE person BETWEEN %(first)s AND %(last)s)
ORDER BY a.member_id
FOR NO KEY UPDATE OF a;
ANALYZE import_lifted;

INSERT INTO loyalty_tieroverride (member_id, tier_id, from_at, until_at, reason, by, recorded_at)
SELECT l.member_id, l.tier_id, %(at)s, l.until_at, 'import', %(by)s, %(at)s
FROM import_lift l
JOIN import_lifted USING (member_id)
ORDER BY l.member_id;

INSERT INTO loyalty_tierbeginning (member_id, since, tier_id, cause, recorded_at, by)
SELECT l.member_id, greatest(%(at)s, last.since), l.tier_id, 'override', %(at)s, %(by)s
FROM import_lift l
JOIN import_lifted a USING (member_id)
LEFT JOIN (
    SELECT b.member_id, max(b.since) AS since
    FROM loyalty_tierbeginning b
    JOIN import_lifted USING (member_id)
    GROUP BY b.member_id
) last USING (member_id)
WHERE l.rank > a.rank
ORDER BY l.member_id;

UPDATE loyalty_account a
SET tier_id = l.tier_id
FROM import_lift l
JOIN import_lifted stood USING (member_id)
WHERE a.member_id = l.member_id AND l.rank > stood.rank;
