-- People whom only a bill names become members on the day of their first bill, with what named them and a card of ours.
WITH joining AS MATERIALIZED (
    SELECT text, value, first_at, uuidv7() AS id, row_number() OVER (ORDER BY value) AS no
    FROM import_joining
), cards AS MATERIALIZED (
    SELECT card, row_number() OVER () AS no FROM unnest(%(cards)s::text[]) AS card
), people AS (
    INSERT INTO members_member (
        id, honorific, joined_at, joined_via, birth_calendar, locale, status, created_at
    )
    SELECT id, %(honorific)s, first_at, 'import', 'solar', 'vi', 'active', %(at)s
    FROM joining
), named AS (
    INSERT INTO members_identifier (member_id, kind, value, from_at)
    SELECT id, %(kind)s, value, first_at FROM joining
    UNION ALL
    SELECT j.id, 'card', c.card, j.first_at FROM joining j JOIN cards c USING (no) WHERE %(kind)s <> 'card'
)
UPDATE import_member m
SET member_id = j.id, reason = NULL
FROM joining j
WHERE m.value = j.value
