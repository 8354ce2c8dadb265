-- One row per bill, in receipt order. The fingerprint is taken over when it was and what was on it, as it would be read
-- again: the same file brings the same one.
CREATE TEMP TABLE import_bill AS
SELECT
    bill,
    min(row) AS row,
    min(store_id) AS store_id,
    min(period) AS period,
    min(receipt) AS receipt,
    min(business_date) AS business_date,
    min(occurred_at) AS occurred_at,
    min(member) AS member,
    min(channel) AS channel,
    min(staff) AS staff,
    min(terminal) AS terminal,
    count(*)::integer AS lines,
    sum(amount)::bigint AS total,
    sha256(convert_to(
        extract(epoch FROM min(occurred_at))
        || string_agg(
            concat_ws(E'\x1f', E'\x1e', sku, name, category, unit, trim_scale(quantity), amount, coalesce(cost::text, '-')),
            '' ORDER BY line
        ),
        'UTF8'
    )) AS fingerprint,
    min(occurred_at) <> max(occurred_at) OR min(member) <> max(member) AS mixed
FROM import_line
GROUP BY bill
ORDER BY bill;
