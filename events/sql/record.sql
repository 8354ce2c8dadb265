-- One event and one open delivery per reader, in the caller's transaction. Answers the event's id.
-- Called by events.outbox.record and by the ledger's posting functions; `readers` comes from events.outbox.readers_of.
CREATE OR REPLACE FUNCTION events_record(
    type text, member uuid, subject uuid, store int, data jsonb,
    occurred_at timestamptz, recorded_at timestamptz, by text, request_id text, readers text[]
) RETURNS bigint
LANGUAGE sql AS $$
    WITH event AS (
        INSERT INTO events_event (type, member_id, subject_id, store_id, data, occurred_at, recorded_at, by, request_id)
        VALUES (
            events_record.type, events_record.member, events_record.subject, events_record.store, events_record.data,
            events_record.occurred_at, events_record.recorded_at, events_record.by, events_record.request_id
        )
        RETURNING id
    ), delivery AS (
        INSERT INTO events_delivery (event_id, member_id, reader, due_at)
        SELECT event.id, events_record.member, reader, events_record.recorded_at
        FROM event, unnest(events_record.readers) AS reader
    )
    SELECT id FROM event;
$$;
