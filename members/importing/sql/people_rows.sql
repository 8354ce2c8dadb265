-- Every row with what could be read of it, under the first of its identifiers: rows with the same one are one person.
CREATE TEMP TABLE import_named AS
SELECT
    r.row,
    x.value AS external, p.value AS phone, c.value AS card, e.value AS email,
    coalesce('x' || x.value, 'p' || p.value, 'c' || c.value, 'e' || e.value) AS key,
    n.name, n.folded, n.called,
    b.day, b.month, b.year, coalesce(b.calendar, 'solar') AS calendar, coalesce(b.unsure, false) AS unsure,
    coalesce(g.value, '') AS gender,
    coalesce(left(btrim(r.province), 120), '') AS province,
    coalesce(left(btrim(r.ward), 120), '') AS ward,
    coalesce(r.joined_at, %(at)s) AS joined_at,
    coalesce(nullif(btrim(r.joined_via), ''), 'import') AS joined_via,
    btrim(r.home_store) AS home_store,
    r.tags,
    CASE
        WHEN r.external_id <> '' AND x.value IS NULL THEN 'external_id_unreadable'
        WHEN btrim(r.phone) <> '' AND p.value IS NULL THEN 'phone_unreadable'
        WHEN btrim(r.card) <> '' AND c.value IS NULL THEN 'card_unreadable'
        WHEN btrim(r.email) <> '' AND e.value IS NULL THEN 'email_unreadable'
        WHEN coalesce(x.value, p.value, c.value, e.value) IS NULL THEN 'member_missing'
        WHEN btrim(r.name) <> '' AND n.name IS NULL THEN 'name_unreadable'
        WHEN btrim(r.birth_date) <> '' AND b.day IS NULL THEN 'birthday_unreadable'
        WHEN btrim(r.gender) <> '' AND g.value IS NULL THEN 'gender_unknown'
        WHEN btrim(r.tags) <> '' AND t.keys IS NULL THEN 'tags_unreadable'
        WHEN r.joined_at > %(at)s + interval '1 day' OR r.joined_at < '1900-01-01' THEN 'joined_at_unreadable'
        WHEN octet_length(r.joined_via) > 100 THEN 'text_too_long'
    END AS reason
FROM import_row r
LEFT JOIN import_external x ON x.text = r.external_id
LEFT JOIN import_phone p ON p.text = r.phone
LEFT JOIN import_card c ON c.text = r.card
LEFT JOIN import_email e ON e.text = r.email
LEFT JOIN import_called n ON n.text = r.name
LEFT JOIN import_birthday b ON b.text = r.birth_date || '|' || coalesce(r.birth_calendar, '')
LEFT JOIN import_gender g ON g.text = r.gender
LEFT JOIN import_keys t ON t.text = r.tags
WHERE NOT EXISTS (SELECT FROM import_problem q WHERE q.row = r.row);

INSERT INTO import_problem SELECT row, reason FROM import_named WHERE reason IS NOT NULL;
DELETE FROM import_named WHERE reason IS NOT NULL;
ANALYZE import_named;
