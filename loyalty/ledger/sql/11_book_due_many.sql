-- What time does to many accounts at once: the rows that ledger_book_due (01_book_due.sql) writes for each, set by set.

-- Those of these accounts, under their locks, whose due things hang on each other and are booked one by one: a hold
-- lapses (its points go back to lots, which may have ended), a debt is repaid out of points that ripen, or points ripen
-- after their end.
CREATE OR REPLACE FUNCTION ledger_due_by_hand(p_members uuid[], p_at timestamptz)
RETURNS SETOF uuid LANGUAGE plpgsql STABLE AS $$
BEGIN
  RETURN QUERY
    SELECT h.member_id FROM loyalty_hold h
     WHERE h.member_id = ANY (p_members) AND h.ended_at IS NULL AND h.expires_at <= p_at
    UNION
    SELECT l.member_id FROM loyalty_lot l JOIN loyalty_account a USING (member_id)
     WHERE l.member_id = ANY (p_members) AND l.pending AND l.remaining > 0
       AND l.matures_at <= p_at AND l.matures_at <= coalesce(l.lapses_at, l.matures_at)
       AND (a.debt > 0 OR l.expires_at < l.matures_at)
    ORDER BY 1;
END $$;

-- Locks the next p_most accounts after p_after, in the order of their ids, that have something due, and books it. One
-- that is locked by somebody else just then is passed over: no till waits for a whole chunk because the chunk waits for
-- an import. Answers how many were booked, and the last of them. It is planned each time: by the index of what is due
-- where that is little, along the accounts where it is much.
CREATE OR REPLACE FUNCTION ledger_book_due_many(
  p_after uuid, p_most int, p_at timestamptz, p_by text, p_readers text[], OUT booked int, OUT last uuid
) LANGUAGE plpgsql SET plan_cache_mode = force_custom_plan AS $$
DECLARE
  locked uuid[];
  by_hand uuid[];
BEGIN
  SELECT array_agg(member_id), array_agg(member_id) FILTER (WHERE held > 0 OR pending > 0) INTO locked, by_hand
    FROM (SELECT member_id, held, pending FROM loyalty_account
           WHERE next_due_at <= p_at AND member_id > p_after
           ORDER BY member_id LIMIT p_most FOR NO KEY UPDATE SKIP LOCKED) accounts;
  by_hand := ARRAY(SELECT ledger_due_by_hand(by_hand, p_at));
  PERFORM ledger_book_due(member, p_at, p_by, p_readers) FROM unnest(by_hand) AS member;
  PERFORM ledger_book_plain(ARRAY(SELECT unnest(locked) EXCEPT SELECT unnest(by_hand)), p_at, p_by, p_readers);
  booked := coalesce(cardinality(locked), 0);
  last := locked[booked];
END $$;

-- Books all that is due of accounts under their locks, none of which ledger_due_by_hand names. Each wait that is over
-- is one entry, and all lots of a member that end at one moment are one, in the order of time; at one moment waits are
-- over first. Planned each time: a plan kept for any number of members walks all steps for each lot.
CREATE OR REPLACE FUNCTION ledger_book_plain(p_members uuid[], p_at timestamptz, p_by text, p_readers text[])
RETURNS void LANGUAGE plpgsql SET plan_cache_mode = force_custom_plan AS $$
DECLARE
  told record;
BEGIN
  WITH acc AS MATERIALIZED (
    SELECT member_id, entries, available, pending, held, debt FROM loyalty_account WHERE member_id = ANY (p_members)
  ), lot AS MATERIALIZED (
    SELECT *, waits_until <= p_at AND NOT ripens AS given_up, waits_until <= p_at AND ripens AS ripe,
           expires_at <= p_at AND (NOT pending OR waits_until <= p_at AND ripens) AS ended
      FROM (SELECT member_id, seq, entry_seq, remaining, opened_at, expires_at, pending,
                   CASE WHEN pending THEN least(matures_at, lapses_at) END AS waits_until,
                   matures_at IS NOT NULL AND matures_at <= coalesce(lapses_at, matures_at) AS ripens
              FROM loyalty_lot WHERE member_id = ANY (p_members) AND remaining > 0) live
  ), step AS (
    SELECT member_id, waits_until AS moment, CASE WHEN ripe THEN 'mature' ELSE 'cancel_pending' END AS kind,
           CASE WHEN ripe THEN remaining ELSE 0 END AS available, -remaining AS pending,
           2 AS turn, expires_at, opened_at, seq AS lot_seq, entry_seq
      FROM lot WHERE ripe OR given_up
    UNION ALL
    SELECT member_id, expires_at, 'expire', -sum(remaining)::bigint, 0, 3, NULL, NULL, NULL, NULL
      FROM lot WHERE ended GROUP BY member_id, expires_at
  ), entry AS MATERIALIZED (
    SELECT s.*, (a.entries + row_number() OVER steps)::int AS seq,
           (a.available + sum(s.available) OVER steps)::bigint AS available_after,
           (a.pending + sum(s.pending) OVER steps)::bigint AS pending_after, a.held, a.debt
      FROM step s JOIN acc a USING (member_id)
    WINDOW steps AS (PARTITION BY s.member_id ORDER BY moment, turn, expires_at, opened_at, lot_seq
                     ROWS UNBOUNDED PRECEDING)
  ), written AS (
    INSERT INTO loyalty_entry (member_id, seq, kind, available, pending, held, debt, available_after, pending_after,
                               held_after, debt_after, effective_at, recorded_at, by, store_id, purchase_id)
      SELECT e.member_id, e.seq, e.kind, e.available, e.pending, 0, 0, e.available_after, e.pending_after,
             e.held, e.debt, e.moment, p_at, p_by, bill.store_id, bill.purchase_id
        FROM entry e LEFT JOIN loyalty_entry bill ON bill.member_id = e.member_id AND bill.seq = e.entry_seq
       ORDER BY e.member_id, e.seq
  ), used AS (
    INSERT INTO loyalty_lotuse (member_id, entry_seq, lot_seq, points)
      SELECT member_id, seq, lot_seq, -pending FROM entry WHERE kind = 'cancel_pending'
      UNION ALL
      SELECT l.member_id, e.seq, l.seq, l.remaining
        FROM lot l JOIN entry e ON e.member_id = l.member_id AND e.moment = l.expires_at AND e.kind = 'expire'
       WHERE l.ended
  ), moved AS (
    UPDATE loyalty_lot l
       SET pending = d.pending AND NOT d.ripe, remaining = CASE WHEN d.ended OR d.given_up THEN 0 ELSE d.remaining END
      FROM lot d
     WHERE l.member_id = d.member_id AND l.seq = d.seq AND (d.ripe OR d.given_up OR d.ended)
  ), next AS (
    SELECT member_id, min(moment) AS due FROM (
      SELECT member_id, CASE WHEN waits_until > p_at THEN waits_until WHEN NOT ended THEN expires_at END AS moment
        FROM lot WHERE given_up IS NOT TRUE
      UNION ALL
      SELECT member_id, expires_at FROM loyalty_hold WHERE member_id = ANY (p_members) AND ended_at IS NULL) dues
     GROUP BY member_id
  ), moves AS (
    SELECT member_id, sum(available)::bigint AS available, sum(pending)::bigint AS pending, count(*)::int AS entries
      FROM entry GROUP BY member_id
  ), kept AS (
    UPDATE loyalty_account a
       SET available = a.available + coalesce(m.available, 0), pending = a.pending + coalesce(m.pending, 0),
           entries = a.entries + coalesce(m.entries, 0), next_due_at = n.due
      FROM acc LEFT JOIN moves m USING (member_id) LEFT JOIN next n USING (member_id)
     WHERE a.member_id = acc.member_id
  )
  SELECT array_agg(CASE kind WHEN 'mature' THEN 'points.matured' WHEN 'expire' THEN 'points.expired'
                             ELSE 'points.given_up' END) AS types,
         array_agg(member_id) AS members,
         array_agg(jsonb_build_object('points', abs(coalesce(nullif(pending, 0), available)), 'entry', seq)) AS data,
         array_agg(moment) AS moments
    INTO told FROM (SELECT * FROM entry ORDER BY member_id, seq) told_in_order;
  PERFORM events_record_many(told.types, told.members, told.data, told.moments, p_at, p_by, p_readers);
END $$;
