-- Many events about members, in the order given, each with one open delivery per reader: the rows of as many calls of
-- events_record that name no subject and no store. The arrays are as long as each other; NULL: nothing happened.
CREATE OR REPLACE FUNCTION events_record_many(
    types text[], members uuid[], data jsonb[], occurred_at timestamptz[],
    recorded_at timestamptz, by text, readers text[]
) RETURNS void
LANGUAGE sql AS $$
    WITH event AS (
        INSERT INTO events_event (type, member_id, data, occurred_at, recorded_at, by)
        SELECT told.type, told.member, told.data, told.at, events_record_many.recorded_at, events_record_many.by
        FROM unnest(
            events_record_many.types, events_record_many.members, events_record_many.data,
            events_record_many.occurred_at
        ) WITH ORDINALITY AS told(type, member, data, at, place)
        ORDER BY told.place
        RETURNING id, member_id
    )
    INSERT INTO events_delivery (event_id, member_id, reader, due_at)
    SELECT event.id, event.member_id, reader.name, events_record_many.recorded_at
    FROM event, unnest(events_record_many.readers) WITH ORDINALITY AS reader(name, place)
    ORDER BY event.id, reader.place;
$$;
