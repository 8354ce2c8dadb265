-- People whom only new bills name.
DROP TABLE IF EXISTS import_joining;
CREATE TEMP TABLE import_joining AS
SELECT DISTINCT ON (m.value) m.text, m.value, m.first_at
FROM import_member m
WHERE m.reason = 'member_unknown'
    AND EXISTS (
        SELECT FROM import_bill b
        WHERE b.member = m.text AND NOT EXISTS (SELECT FROM import_known k WHERE k.bill = b.bill)
    )
ORDER BY m.value, m.first_at;
ANALYZE import_joining;
