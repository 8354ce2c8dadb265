-- What `members.identifying.search_tokens` makes of a name, from the folded name (words with single blanks between): for
-- imports and other set-based writers. INSERT INTO members_nametoken SELECT t, id FROM …, members_search_tokens(folded) t
CREATE OR REPLACE FUNCTION members_search_tokens(folded text) RETURNS SETOF text
LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE ROWS 5 AS $$
DECLARE
    words text[] := (string_to_array(folded, ' '))[:16];
    last int := cardinality(words);
    tokens text[];
    place int;
BEGIN
    IF folded = '' THEN
        RETURN;
    END IF;
    tokens := ARRAY[words[last]];
    FOR place IN REVERSE last - 1 .. 1 LOOP
        IF last <= 5 THEN
            -- every choice so far, with and without this word before it
            tokens := tokens || ARRAY(SELECT words[place] || ' ' || token FROM unnest(tokens) token);
        ELSE
            tokens := tokens || (words[place] || ' ' || tokens[cardinality(tokens)]);
        END IF;
    END LOOP;
    RETURN QUERY SELECT DISTINCT left(token, 60) FROM unnest(tokens) token;
END
$$;
