INSERT INTO loyalty_purchaseline (
    purchase_id, line, member_id, sku, name, category, quantity, unit, amount, cost, goods, gross
)
SELECT n.id, l.line, n.member_id, l.sku, l.name, l.category, l.quantity, l.unit, l.amount, l.cost, l.amount, l.amount
FROM import_new n
JOIN import_line l USING (bill)
WHERE n.chunk = %(chunk)s
ORDER BY n.id, l.line;
