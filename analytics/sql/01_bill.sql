-- Bills that count: of real stores and real people, posted or approved by staff. Until the end of the day before
-- `gone_on` a bill is kept: that day the last of it came back, or it was cancelled.
CREATE OR REPLACE VIEW analytics_bill AS
SELECT
    p.id, p.store_id, p.member_id, p.business_date, p.occurred_at, p.status, p.import_id, p.due, p.spent,
    p.earned + coalesce(d.earned, 0) AS earned,
    r.business_date AS gone_on,
    p.staff
FROM loyalty_purchase p
JOIN loyalty_store s ON s.id = p.store_id AND s.practice_of_id IS NULL
LEFT JOIN loyalty_reviewdecision d ON d.purchase_id = p.id
LEFT JOIN loyalty_return r ON r.purchase_id = p.id AND r.whole
LEFT JOIN members_member m ON m.id = p.member_id AND m.practice
WHERE (p.status = 'posted' OR d.approved) AND m.id IS NULL;
