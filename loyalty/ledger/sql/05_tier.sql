-- Tiers: spend in a rolling window, upgrade at once, overrides by staff or import on top.

-- The rank a member's bills have reached by p_at: the highest, over all instants of buying, that the spend in the
-- window then in force reached under the table then in force. Returns lower the bill they belong to, at its instant; a bill
-- that went to another member counts there, as if it had been sold to them. The moment a table begins counts like an
-- instant of buying, once the night has applied the table to this member (12_turn_tiers.sql).
CREATE OR REPLACE FUNCTION ledger_rank(p_member uuid, p_at timestamptz) RETURNS smallint LANGUAGE plpgsql STABLE AS $$
DECLARE
  era record;
  reached smallint;
  highest smallint := 0;
BEGIN
  FOR era IN
    SELECT id, make_interval(days => window_days) - interval '1 microsecond' AS span,
           CASE WHEN row_number() OVER (ORDER BY valid_from) = 1 THEN '-infinity' ELSE valid_from END AS begins,
           coalesce(lead(valid_from) OVER (ORDER BY valid_from), 'infinity') AS ends,
           EXISTS (SELECT FROM loyalty_tierturn u WHERE u.table_id = t.id AND u.upto >= p_member) AS turned
      FROM loyalty_tiertable t
  LOOP
    SELECT max(t.rank) INTO reached
      FROM (SELECT at, sum(base) OVER (ORDER BY at RANGE BETWEEN era.span PRECEDING AND CURRENT ROW) AS spend
              FROM (SELECT p.occurred_at AS at, p.base FROM loyalty_purchase p
                      LEFT JOIN loyalty_reviewdecision d ON d.purchase_id = p.id
                     WHERE p.member_id = p_member AND p.occurred_at <= p_at
                       AND (p.status = 'posted' OR d.approved)
                    UNION ALL
                    SELECT counts_at, -base FROM loyalty_return
                     WHERE member_id = p_member AND counts_at <= p_at
                    UNION ALL
                    SELECT counts_at, base FROM loyalty_billmove
                     WHERE to_member_id = p_member AND counts_at <= p_at
                    UNION ALL
                    SELECT counts_at, -base FROM loyalty_billmove
                     WHERE from_member_id = p_member AND counts_at <= p_at
                    UNION ALL
                    SELECT era.begins, 0 WHERE era.turned AND era.begins <= p_at) metric) rolling
      JOIN loyalty_tierthreshold h ON h.table_id = era.id AND h.spend <= rolling.spend
      JOIN loyalty_tier t ON t.id = h.tier_id
     WHERE rolling.at >= era.begins AND rolling.at < era.ends;
    highest := greatest(highest, reached);
  END LOOP;
  RETURN highest;
END $$;

-- Rank with overrides in force at p_at.
CREATE OR REPLACE FUNCTION ledger_standing(p_member uuid, p_at timestamptz) RETURNS smallint LANGUAGE sql STABLE AS $$
  SELECT greatest(ledger_rank(p_member, p_at),
    (SELECT max(t.rank) FROM loyalty_tieroverride o JOIN loyalty_tier t ON t.id = o.tier_id
      WHERE o.member_id = p_member AND o.from_at <= p_at AND (o.until_at IS NULL OR o.until_at > p_at)))::smallint
$$;

-- Moves the member to a tier if it differs from where they stand: a beginning, the account, an event.
CREATE OR REPLACE FUNCTION ledger_enter_tier(
  p_member uuid, p_tier smallint, p_since timestamptz, p_cause text, p_subject uuid, p_note jsonb, p_readers text[]
) RETURNS boolean LANGUAGE plpgsql AS $$
DECLARE
  before smallint := (SELECT tier_id FROM loyalty_account WHERE member_id = p_member);
  first_tier smallint := (SELECT id FROM loyalty_tier ORDER BY rank LIMIT 1);
  since timestamptz;
BEGIN
  IF coalesce(before, first_tier) = p_tier THEN RETURN false; END IF;
  since := greatest(p_since, (SELECT max(b.since) FROM loyalty_tierbeginning b WHERE b.member_id = p_member));
  INSERT INTO loyalty_tierbeginning (member_id, since, tier_id, cause, subject_id, recorded_at, by)
    VALUES (p_member, since, p_tier, p_cause, p_subject, (p_note->>'at')::timestamptz, p_note->>'by');
  UPDATE loyalty_account SET tier_id = p_tier WHERE member_id = p_member;
  PERFORM events_record('tier.changed', p_member, p_subject, (p_note->>'store')::int,
            jsonb_build_object('from', coalesce(before, first_tier), 'to', p_tier, 'cause', p_cause),
            since, (p_note->>'at')::timestamptz, p_note->>'by', coalesce(p_note->>'request', ''), p_readers);
  RETURN true;
END $$;

-- Looks at all of a member's bills again and enters the tier that follows.
CREATE OR REPLACE FUNCTION ledger_review_tier(
  p_member uuid, p_since timestamptz, p_cause text, p_subject uuid, p_note jsonb, p_readers text[]
) RETURNS smallint LANGUAGE plpgsql AS $$
DECLARE
  standing smallint := (SELECT id FROM loyalty_tier
                         WHERE rank <= ledger_standing(p_member, (p_note->>'at')::timestamptz) ORDER BY rank DESC LIMIT 1);
BEGIN
  PERFORM ledger_enter_tier(p_member, standing, p_since, p_cause, p_subject, p_note, p_readers);
  RETURN standing;
END $$;
