-- The kept spelling of what names a member, where SQL can tell; Python reads the rest.
CREATE TEMP TABLE import_read AS
SELECT
    text,
    first_at,
    CASE %(kind)s
        WHEN 'phone' THEN CASE
            WHEN text ~ '^0[35789][0-9]{8}$' THEN '+84' || substr(text, 2)
            WHEN text ~ '^[+]84[35789][0-9]{8}$' THEN text
        END
        WHEN 'email' THEN lower(text)
        WHEN 'external' THEN CASE WHEN length(text) <= 64 THEN text END
    END AS value
FROM import_name
