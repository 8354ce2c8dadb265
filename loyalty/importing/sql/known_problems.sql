INSERT INTO import_problem (row, reason)
SELECT l.row, 'receipt_conflict'
FROM import_known k
JOIN import_line l USING (bill)
WHERE NOT k.same;
