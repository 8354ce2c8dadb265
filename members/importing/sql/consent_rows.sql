-- The consents that can be told from their rows; the others with their reasons.
INSERT INTO import_problem (row, reason)
SELECT row, reason
FROM (
    SELECT
        r.row,
        CASE
            WHEN btrim(r.member) IS NULL OR btrim(r.member) = '' THEN 'member_missing'
            WHEN m.member_id IS NULL THEN coalesce(m.reason, 'member_unknown')
            WHEN lower(btrim(r.purpose)) IS NULL OR NOT lower(btrim(r.purpose)) = ANY (%(purposes)s) THEN 'purpose_unknown'
            WHEN NOT lower(coalesce(nullif(btrim(r.channel), ''), 'any')) = ANY (%(channels)s) THEN 'channel_unknown'
            WHEN r.granted_at IS NULL OR r.granted_at < '1900-01-01' THEN 'granted_at_unreadable'
            WHEN r.granted_at > %(at)s + interval '1 day' THEN 'granted_at_in_future'
            WHEN btrim(r.text_version) <> '' AND t.code IS NULL THEN 'text_version_unknown'
            WHEN octet_length(r.how) > 200 OR octet_length(r.evidence) > 2000 THEN 'text_too_long'
        END AS reason
    FROM import_row r
    LEFT JOIN import_member m ON m.text = btrim(r.member)
    LEFT JOIN members_consenttext t ON t.code = btrim(r.text_version) AND t.purpose = lower(btrim(r.purpose))
    WHERE NOT EXISTS (SELECT FROM import_problem p WHERE p.row = r.row)
) checked
WHERE reason IS NOT NULL;

CREATE TEMP TABLE import_consent AS
SELECT DISTINCT ON (m.member_id, lower(btrim(r.purpose)), lower(coalesce(nullif(btrim(r.channel), ''), 'any')), r.granted_at)
    m.member_id, lower(btrim(r.purpose)) AS purpose, lower(coalesce(nullif(btrim(r.channel), ''), 'any')) AS channel,
    r.granted_at AS at, coalesce(nullif(btrim(r.how), ''), 'import') AS how, nullif(btrim(r.text_version), '') AS text_id,
    nullif(btrim(r.evidence), '') AS evidence
FROM import_row r
JOIN import_member m ON m.text = btrim(r.member)
WHERE NOT EXISTS (SELECT FROM import_problem p WHERE p.row = r.row)
-- of two rows for one consent the one with proof counts
ORDER BY 1, 2, 3, 4, (nullif(btrim(r.evidence), '') IS NULL), r.row;
ANALYZE import_consent;
