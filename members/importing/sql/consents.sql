WITH said AS (
    INSERT INTO members_consent (member_id, purpose, channel, granted, text_id, how, at, recorded_at, by)
    SELECT member_id, purpose, channel, true, text_id, how, at, %(at)s, %(by)s
    FROM import_consent
    ORDER BY member_id, at
    ON CONFLICT DO NOTHING
    RETURNING id, member_id, purpose, channel, at
), proved AS (
    INSERT INTO members_consentevidence (consent_id, text)
    SELECT s.id, c.evidence
    FROM said s
    JOIN import_consent c USING (member_id, purpose, channel, at)
    WHERE c.evidence IS NOT NULL
)
SELECT id FROM said
