-- Who each text of `import_name` names now. An e-mail that several members share names none of them.
CREATE TEMP TABLE import_member AS
SELECT
    n.text,
    n.first_at,
    n.value,
    CASE WHEN shared.value IS NULL THEN i.member_id END AS member_id,
    CASE
        WHEN n.value IS NULL THEN 'member_unreadable'
        WHEN shared.value IS NOT NULL THEN 'member_ambiguous'
        WHEN i.member_id IS NULL THEN 'member_unknown'
    END AS reason
FROM import_read n
LEFT JOIN (
    SELECT value
    FROM members_identifier
    WHERE %(kind)s = 'email' AND kind = 'email' AND NOT practice AND until_at IS NULL
    GROUP BY value
    HAVING count(DISTINCT member_id) > 1
) shared ON shared.value = n.value
LEFT JOIN members_identifier i
    ON i.kind = %(kind)s AND i.value = n.value AND NOT i.practice AND i.until_at IS NULL AND shared.value IS NULL
