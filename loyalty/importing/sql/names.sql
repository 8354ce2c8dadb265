-- The texts that name members, of all bills but those that are plainly there already.
CREATE TEMP TABLE import_name AS
SELECT member AS text, min(occurred_at) AS first_at
FROM import_bill b
WHERE member <> '' AND NOT EXISTS (SELECT FROM import_known k WHERE k.bill = b.bill AND k.same)
GROUP BY member;
