INSERT INTO loyalty_purchaseline (
    purchase_id, line, member_id, sku, name, category, quantity, unit, amount, cost, goods, gross
)
SELECT
    l.id, l.line, l.member_id, coalesce(btrim(r.sku), ''), coalesce(btrim(r.name), ''), coalesce(btrim(r.category), ''),
    coalesce(r.quantity, 1), coalesce(btrim(r.unit), ''), (r.amount * %(unit)s)::bigint,
    round(r.cost * %(unit)s)::bigint, (r.amount * %(unit)s)::bigint, (r.amount * %(unit)s)::bigint
FROM (
    SELECT id, 1 AS line, member_id, row FROM import_chunk WHERE lines = 1
    UNION ALL
    SELECT n.id, u.line, n.member_id, u.row
    FROM import_chunk n, unnest(n.rows) WITH ORDINALITY AS u (row, line)
    WHERE n.lines > 1
) l
JOIN import_row r ON r.row = l.row
ORDER BY l.id, l.line;
