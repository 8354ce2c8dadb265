INSERT INTO loyalty_purchaseline (
    purchase_id, line, member_id, sku, name, category, quantity, unit, amount, cost, goods, gross
)
SELECT id, line, member_id, sku, name, category, quantity, unit, amount, cost, amount, amount
FROM (
    SELECT
        l.id, l.line, l.member_id, coalesce(btrim(r.sku), '') AS sku, coalesce(btrim(r.name), '') AS name,
        coalesce(btrim(r.category), '') AS category, coalesce(r.quantity, 1) AS quantity,
        coalesce(btrim(r.unit), '') AS unit, (r.amount * %(unit)s)::bigint AS amount,
        round(r.cost * %(unit)s)::bigint AS cost
    FROM (
        SELECT id, 1 AS line, member_id, row FROM import_chunk WHERE lines = 1
        UNION ALL
        SELECT n.id, u.line, n.member_id, u.row
        FROM import_chunk n, unnest(n.rows) WITH ORDINALITY AS u (row, line)
        WHERE n.lines > 1
    ) l
    JOIN import_row r ON r.row = l.row
    ORDER BY l.id, l.line
    OFFSET 0
) sold;
