-- New members of one chunk of persons, with all that names them.
INSERT INTO members_member (
    id, name, folded_name, call_name, honorific, gender, birth_day, birth_month, birth_year, birth_calendar, birth_unsure,
    province, ward, locale, joined_at, joined_via, joined_store_id, home_store_id, status, created_at
)
SELECT
    j.member_id, coalesce(p.name, ''), coalesce(p.folded, ''), coalesce(p.called, ''),
    CASE p.gender WHEN 'female' THEN %(madam)s WHEN 'male' THEN %(sir)s ELSE %(other)s END, p.gender,
    p.day, p.month, p.year, p.calendar, p.unsure, p.province, p.ward, 'vi', p.joined_at, p.joined_via, s.id, s.id, 'active', %(at)s
FROM import_joiner j
JOIN import_person p USING (person)
LEFT JOIN import_place s ON s.code = p.home_store
WHERE j.fresh AND j.person BETWEEN %(first)s AND %(last)s
ORDER BY j.member_id;

INSERT INTO members_identifier (member_id, kind, value, from_at)
SELECT j.member_id, named.kind, named.value, p.joined_at
FROM import_joiner j
JOIN import_person p USING (person)
LEFT JOIN import_own_card c ON c.person = j.person
CROSS JOIN LATERAL (
    VALUES ('external', p.external), ('phone', p.phone), ('card', coalesce(p.card, c.card)), ('email', p.email)
) AS named (kind, value)
WHERE j.fresh AND named.value IS NOT NULL AND j.person BETWEEN %(first)s AND %(last)s
ORDER BY j.member_id;

INSERT INTO members_nametoken (token, member_id)
SELECT t.token, j.member_id
FROM import_joiner j
JOIN import_person p USING (person)
CROSS JOIN LATERAL members_search_tokens(p.folded) AS t (token)
WHERE j.fresh AND p.folded <> '' AND j.person BETWEEN %(first)s AND %(last)s
ORDER BY t.token, j.member_id;

INSERT INTO members_tag (member_id, key, from_at, by)
SELECT DISTINCT j.member_id, key.key, p.joined_at, %(by)s
FROM import_joiner j
JOIN import_person p USING (person)
JOIN import_keys k ON k.text = p.tags
CROSS JOIN LATERAL unnest(k.keys) AS key (key)
WHERE j.fresh AND j.person BETWEEN %(first)s AND %(last)s;

-- a member of before learns the outside id that a file knows, so that the next file finds them by it
INSERT INTO members_identifier (member_id, kind, value, from_at)
SELECT j.member_id, 'external', p.external, %(at)s
FROM import_joiner j
JOIN import_person p USING (person)
WHERE NOT j.fresh AND p.external IS NOT NULL AND j.person BETWEEN %(first)s AND %(last)s
    AND NOT EXISTS (
        SELECT FROM members_identifier i WHERE i.member_id = j.member_id AND i.kind = 'external' AND i.until_at IS NULL
    )
ORDER BY j.member_id;
