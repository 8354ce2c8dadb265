-- Who each text of `import_name` names now. An e-mail that several members share names none of them.
CREATE TEMP TABLE import_member AS
SELECT
    n.text,
    n.first_at,
    n.value,
    CASE WHEN count(i.member_id) = 1 THEN any_value(i.member_id) END AS member_id,
    CASE
        WHEN n.value IS NULL THEN 'member_unreadable'
        WHEN count(i.member_id) > 1 THEN 'member_ambiguous'
        WHEN count(i.member_id) = 0 THEN 'member_unknown'
    END AS reason
FROM import_name n
LEFT JOIN members_identifier i
    ON i.kind = %(kind)s AND i.value = n.value AND NOT i.practice AND i.until_at IS NULL
GROUP BY n.text, n.first_at, n.value
