-- Points for something that is no purchase: once for each occurrence, whoever tells us of it and however often.

-- Whether a member gets points for an event now ('due'), or why not: 'inactive', 'already', 'day', 'ever'. `p`: {member,
-- event, occurrence, often, day, gap?, most_a_day?, most_ever?}; `gap`: so many days lie between two at least.
CREATE OR REPLACE FUNCTION ledger_event_standing(p jsonb) RETURNS text LANGUAGE plpgsql STABLE AS $$
DECLARE
  whose uuid := (p->>'member')::uuid;
  on_day date := (p->>'day')::date;
  given record;
BEGIN
  IF NOT EXISTS (SELECT FROM members_member WHERE id = whose AND status = 'active') THEN
    RETURN 'inactive';
  END IF;
  SELECT count(*) AS ever, count(*) FILTER (WHERE a.day = on_day) AS today,
         bool_or(a.occurrence = p->>'occurrence') AS same,
         bool_or(abs(a.day - on_day) < (p->>'gap')::int) AS near
    INTO given FROM loyalty_eventaward a WHERE a.member_id = whose AND a.event = p->>'event';
  RETURN CASE WHEN given.same OR given.near OR (p->>'often' = 'once' AND given.ever > 0) THEN 'already'
              WHEN given.ever >= (p->>'most_ever')::int THEN 'ever'
              WHEN given.today >= (p->>'most_a_day')::int THEN 'day'
              ELSE 'due' END;
END $$;

-- Locks the account, books what is due, and gives the points where they are due. `p`: as above, and {version, points,
-- occurred}; `p_readers`: {type: [names]}. Where they are not due nothing of this is to be kept: the caller rolls back.
CREATE OR REPLACE FUNCTION ledger_award_event(
  p jsonb, p_lot jsonb, p_note jsonb, p_readers jsonb, OUT standing text, OUT award_id uuid, OUT balance bigint
) LANGUAGE plpgsql AS $$
DECLARE
  whose uuid := (p->>'member')::uuid;
  now_at timestamptz := (p_note->>'at')::timestamptz;
  acc loyalty_account := ledger_lock(whose);
  award loyalty_eventaward;
BEGIN
  IF acc.next_due_at <= now_at THEN
    PERFORM ledger_book_due(whose, now_at, p_note->>'by',
                            ARRAY(SELECT jsonb_array_elements_text(p_readers->'points.expired')));
  END IF;
  standing := ledger_event_standing(p);
  IF standing <> 'due' THEN RETURN; END IF;
  INSERT INTO loyalty_eventaward (member_id, event, occurrence, version_id, entry_seq, points, day, occurred_at, at, by,
                                  store_id)
    SELECT whose, p->>'event', p->>'occurrence', (p->>'version')::bigint, a.entries + 1, (p->>'points')::int,
           (p->>'day')::date, (p->>'occurred')::timestamptz, now_at, p_note->>'by', (p_note->>'store')::int
      FROM loyalty_account a WHERE a.member_id = whose
    ON CONFLICT ON CONSTRAINT an_event_is_rewarded_once DO NOTHING RETURNING * INTO award;
  IF award.id IS NULL THEN
    standing := 'already';
    RETURN;
  END IF;
  award_id := award.id;
  PERFORM ledger_credit(whose, 'bonus', award.points, now_at, p_lot, p_note);
  PERFORM events_record('points.awarded', whose, award.id, award.store_id,
            jsonb_build_object('points', award.points, 'entry', award.entry_seq, 'event', award.event),
            award.occurred_at, now_at, award."by", coalesce(p_note->>'request', ''),
            ARRAY(SELECT jsonb_array_elements_text(p_readers->'points.awarded')));
  SELECT available - debt INTO balance FROM loyalty_account WHERE member_id = whose;
END $$;
