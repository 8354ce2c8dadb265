-- What is alike and belongs to the same member is there already; the rest contradicts what is there.
UPDATE import_known k
SET same = true
FROM import_bill b
LEFT JOIN import_member m ON m.text = b.member
WHERE b.bill = k.bill
    AND NOT k.same
    AND k.alike
    AND (b.member = '' OR m.member_id IS NULL OR m.member_id IS NOT DISTINCT FROM k.member_id);

INSERT INTO import_problem (row, reason)
SELECT unnest(b.rows), 'receipt_conflict'
FROM import_known k
JOIN import_bill b USING (bill)
WHERE NOT k.same;
