-- Cards of ours for new members without one; those drawn are left out that somebody holds already.
CREATE TEMP TABLE import_own_card AS
SELECT needing.person, free.card
FROM (
    SELECT p.person, row_number() OVER () AS no
    FROM import_joiner j
    JOIN import_person p USING (person)
    WHERE j.fresh AND p.card IS NULL
) needing
JOIN (
    SELECT card, row_number() OVER () AS no
    FROM unnest(%(cards)s::text[]) AS card
    WHERE NOT EXISTS (SELECT FROM members_identifier i WHERE i.kind = 'card' AND i.value = card)
        AND NOT EXISTS (SELECT FROM import_claim c WHERE c.kind = 'card' AND c.value = card)
) free USING (no);
ANALYZE import_own_card;
