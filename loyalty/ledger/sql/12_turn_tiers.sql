-- A table of tiers begins: members who reach more under it rise at that moment, without having to buy first.

-- The spend that counts for a tier at p_at of each of these members, as ledger_spend gives it for one.
CREATE OR REPLACE FUNCTION ledger_spends(p_members uuid[], p_from timestamptz, p_to timestamptz)
RETURNS TABLE (member_id uuid, spend numeric) LANGUAGE sql STABLE AS $$
  SELECT metric.member_id, sum(metric.base) FROM (
    SELECT p.member_id, p.base FROM loyalty_purchase p
      LEFT JOIN loyalty_reviewdecision d ON d.purchase_id = p.id
     WHERE p.member_id = ANY (p_members) AND p.occurred_at > p_from AND p.occurred_at <= p_to
       AND (p.status = 'posted' OR d.approved)
    UNION ALL
    SELECT r.member_id, -r.base FROM loyalty_return r
     WHERE r.member_id = ANY (p_members) AND r.counts_at > p_from AND r.counts_at <= p_to
    UNION ALL
    SELECT m.to_member_id, m.base FROM loyalty_billmove m
     WHERE m.to_member_id = ANY (p_members) AND m.counts_at > p_from AND m.counts_at <= p_to
    UNION ALL
    SELECT m.from_member_id, -m.base FROM loyalty_billmove m
     WHERE m.from_member_id = ANY (p_members) AND m.counts_at > p_from AND m.counts_at <= p_to) metric
  GROUP BY metric.member_id
$$;

-- Applies a table to the next p_most accounts after where its turn has come, under their locks in the order of their
-- ids, and moves the turn along with them: a kill loses both or neither. True while there is more to do. What a member
-- reaches is what ledger_rank counts at the moment the table begins.
CREATE OR REPLACE FUNCTION ledger_turn_tiers(p_table smallint, p_most int, p_at timestamptz, p_by text, p_readers text[])
RETURNS boolean LANGUAGE plpgsql SET plan_cache_mode = force_custom_plan AS $$
DECLARE
  turn loyalty_tierturn;
  began timestamptz := (SELECT valid_from FROM loyalty_tiertable WHERE id = p_table);
  span interval := (SELECT make_interval(days => window_days) FROM loyalty_tiertable WHERE id = p_table);
  members uuid[];
  risen int;
BEGIN
  SELECT * INTO STRICT turn FROM loyalty_tierturn WHERE table_id = p_table FOR UPDATE;
  IF turn.finished_at IS NOT NULL THEN RETURN false; END IF;
  SELECT array_agg(member_id) INTO members
    FROM (SELECT member_id FROM loyalty_account WHERE member_id > turn.upto
           ORDER BY member_id LIMIT p_most FOR NO KEY UPDATE) accounts;
  SELECT count(*) FILTER (WHERE ledger_enter_tier(rising.member_id, t.id, began, 'table', NULL,
                                                  jsonb_build_object('at', p_at, 'by', p_by), p_readers))
    INTO risen
    FROM (SELECT s.member_id, max(reached.rank) AS rank
            FROM ledger_spends(members, began - span, began) s
            JOIN loyalty_tierthreshold h ON h.table_id = p_table AND h.spend <= s.spend
            JOIN loyalty_tier reached ON reached.id = h.tier_id
            JOIN loyalty_account a ON a.member_id = s.member_id
            LEFT JOIN loyalty_tier stands ON stands.id = a.tier_id
           GROUP BY s.member_id, stands.rank HAVING max(reached.rank) > coalesce(stands.rank, 0)) rising
    JOIN loyalty_tier t ON t.rank = rising.rank;
  IF coalesce(cardinality(members), 0) < p_most THEN
    UPDATE loyalty_tierturn SET rose = rose + risen, upto = 'ffffffff-ffff-ffff-ffff-ffffffffffff', finished_at = p_at
     WHERE table_id = p_table;
    RETURN false;
  END IF;
  UPDATE loyalty_tierturn SET rose = rose + risen, upto = members[p_most] WHERE table_id = p_table;
  RETURN true;
END $$;
