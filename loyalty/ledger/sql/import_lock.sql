-- The accounts of a chunk, in the order of their ids, each with what stood before.
INSERT INTO loyalty_account (member_id, tier_id)
SELECT DISTINCT n.member_id, %(first_tier)s::smallint
FROM import_new n
WHERE n.chunk = %(chunk)s
    AND n.member_id IS NOT NULL
    AND NOT EXISTS (SELECT FROM loyalty_account a WHERE a.member_id = n.member_id)
ORDER BY n.member_id
ON CONFLICT DO NOTHING;

DROP TABLE IF EXISTS import_account;
CREATE TEMP TABLE import_account AS
SELECT a.*
FROM loyalty_account a
WHERE a.member_id IN (SELECT n.member_id FROM import_new n WHERE n.chunk = %(chunk)s)
ORDER BY a.member_id
FOR NO KEY UPDATE OF a;

ANALYZE import_account;
