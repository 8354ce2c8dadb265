INSERT INTO import_problem (row, reason)
SELECT unnest(b.rows), m.reason
FROM import_member m
JOIN import_bill b ON b.member = m.text
WHERE m.member_id IS NULL AND NOT EXISTS (SELECT FROM import_known k WHERE k.bill = b.bill);
