-- The persons of the file, each from its first row; and who of them is a member already, by any identifier.
CREATE TEMP TABLE import_person AS
SELECT row_number() OVER (ORDER BY row)::integer AS person, first.*
FROM (SELECT DISTINCT ON (key) * FROM import_named ORDER BY key, row) first;
ANALYZE import_person;

CREATE TEMP TABLE import_claim AS
SELECT person, row, kind, value
FROM import_person p
CROSS JOIN LATERAL (VALUES ('external', external), ('phone', phone), ('card', card)) AS claimed (kind, value)
WHERE value IS NOT NULL;
ANALYZE import_claim;

CREATE TEMP TABLE import_owner AS
SELECT person, any_value(member_id) AS member_id, count(DISTINCT member_id) AS members
FROM (
    SELECT c.person, i.member_id
    FROM import_claim c
    JOIN members_identifier i ON i.kind = c.kind AND i.value = c.value AND NOT i.practice AND i.until_at IS NULL
    UNION ALL
    -- an e-mail names somebody only where nothing else does
    SELECT p.person, i.member_id
    FROM import_person p
    JOIN members_identifier i ON i.kind = 'email' AND i.value = p.email AND NOT i.practice AND i.until_at IS NULL
    WHERE p.external IS NULL AND p.phone IS NULL AND p.card IS NULL
) owned
GROUP BY person;
ANALYZE import_owner;

CREATE TEMP TABLE import_refused AS
SELECT person, 'member_ambiguous' AS reason FROM import_owner WHERE members > 1
UNION ALL
-- two persons of the file with one phone, card or outside id: the first has it
SELECT person, 'identifier_twice'
FROM (SELECT person, row_number() OVER (PARTITION BY kind, value ORDER BY person) AS turn FROM import_claim) claimed
WHERE turn > 1;

INSERT INTO import_problem
SELECT n.row, r.reason
FROM import_refused r
JOIN import_person p USING (person)
JOIN import_named n USING (key);

DELETE FROM import_named n USING import_person p, import_refused r WHERE p.person = r.person AND n.key = p.key;
DELETE FROM import_person p USING import_refused r WHERE r.person = p.person;

-- who each person is: members get their id here, before they are written
CREATE TEMP TABLE import_joiner AS
SELECT p.person, p.key, coalesce(o.member_id, uuidv7()) AS member_id, o.member_id IS NULL AS fresh
FROM import_person p
LEFT JOIN import_owner o USING (person)
ORDER BY p.person;
ANALYZE import_joiner;
