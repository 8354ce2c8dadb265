-- What pages read beside bills and points: labels, notes, consents, cases, scores, vouchers, and the events they were
-- told by. Member n is the one with the phone +84 and 900000000 + n.
SELECT setseed(0.17);
DROP TABLE IF EXISTS bench_person;
CREATE UNLOGGED TABLE bench_person AS
SELECT
    right(i.value, 9)::bigint - 900000000 AS n, m.id, m.joined_at, m.home_store_id AS store_id,
    p.id AS bill_id, p.occurred_at AS bought_at
FROM members_member m
JOIN members_identifier i ON i.member_id = m.id AND i.kind = 'phone'
LEFT JOIN LATERAL (
    SELECT id, occurred_at FROM loyalty_purchase b WHERE b.member_id = m.id ORDER BY occurred_at DESC LIMIT 1
) p ON true;
ANALYZE bench_person;

-- Labels from one in three down to one in two thousand.
INSERT INTO members_tag (member_id, key, from_at, by)
SELECT id, key, joined_at + interval '20 days', 'system'
FROM (VALUES ('khach-cu', 3), ('sinh-vien', 20), ('di-ung-sua', 100), ('thich-it-ngot', 9), ('bao-chi', 2000)) kept(key, every)
JOIN bench_person ON n %% every = 2 %% every
ORDER BY id, key;

INSERT INTO members_note (id, member_id, author_id, text, seen_by, pinned, at, by)
SELECT uuidv7(), id, %(staff)s, 'Uống ít ngọt, hay ngồi bàn cạnh cửa sổ.', 'everybody', n %% 200 = 0, bought_at, 'user:' || %(staff)s
FROM bench_person WHERE n %% 50 = 0;

INSERT INTO members_consent (id, member_id, purpose, channel, granted, text_id, how, store_id, at, recorded_at, by)
SELECT uuidv7(), id, purpose, 'any', purpose = 'programme' OR (n / 3) %% 2 = 0, purpose || '-1', 'import', store_id, joined_at, %(at)s, 'system'
FROM bench_person, unnest(ARRAY['programme', 'marketing']) AS purpose
ORDER BY id;

-- Three cases among a hundred members; one in forty is not closed, and of these some are late.
DROP TABLE IF EXISTS bench_case;
CREATE UNLOGGED TABLE bench_case AS
SELECT
    uuidv7(opened_at - clock_timestamp()) AS id, *,
    CASE WHEN opened_at > %(at)s - interval '8 days' THEN (ARRAY['open', 'answered', 'waiting'])[1 + n %% 3] ELSE 'closed' END AS state
FROM (
    SELECT
        n, id AS member_id, store_id, bill_id,
        (ARRAY['complaint', 'question', 'wish'])[1 + n %% 3] AS kind,
        %(at)s - random() * interval '320 days' AS opened_at
    FROM bench_person WHERE n %% 100 IN (3, 40, 77)
) asked;

INSERT INTO members_case (
    id, member_id, kind, subject, words, via, store_id, purchase_id, owner_id, state, opened_at, by, first_due_at,
    first_answered_at, answer_due_at, close_due_at, closed_at, closed_by, reason_id
)
SELECT
    id, member_id, kind, 'Ly latte nguội', 'Ly latte nguội, gọi đổi thì phải đợi lâu.', 'portal', store_id, bill_id,
    CASE WHEN n %% 4 > 0 THEN %(staff)s END, state, opened_at, 'member:' || member_id, opened_at + interval '24 hours',
    CASE WHEN state <> 'open' THEN opened_at + (1 + n %% 30) * interval '1 hour' END,
    CASE WHEN state = 'open' THEN opened_at + interval '24 hours' END,
    opened_at + interval '10 days',
    CASE WHEN state = 'closed' THEN opened_at + (2 + n %% 5) * interval '1 day' END,
    CASE WHEN state = 'closed' THEN 'user:' || %(staff)s ELSE '' END,
    CASE WHEN state = 'closed' THEN 'solved' END
FROM bench_case ORDER BY opened_at;

INSERT INTO members_caseline (id, case_id, kind, text, at, by, reason_id)
SELECT uuidv7(), c.id, said.kind, text, opened_at + later, 'user:' || %(staff)s, CASE WHEN said.kind = 'closed' THEN 'solved' END
FROM bench_case c, (
    VALUES ('answer', 'Quán xin lỗi chị, mời chị một ly khác.', interval '5 hours'), ('closed', '', interval '2 days')
) said(kind, text, later)
WHERE state = 'closed'
ORDER BY opened_at;

INSERT INTO members_feedback (id, member_id, purchase_id, store_id, score, comment, via, at, by)
SELECT uuidv7(), id, bill_id, store_id, 3 + n %% 8, CASE WHEN n %% 3 = 0 THEN 'Trà đào ngon nhất khu này.' ELSE '' END,
    'link', bought_at + interval '2 hours', 'member:' || id
FROM bench_person WHERE n %% 20 = 7 AND bill_id IS NOT NULL;

-- A welcome gift for everybody, a gift for whoever came back; one in a thousand was taken out of use.
DROP TABLE IF EXISTS bench_gift;
CREATE UNLOGGED TABLE bench_gift AS
SELECT uuidv7(issued_at - clock_timestamp()) AS id, * FROM (
    SELECT n, id AS member_id, 'welcome' AS key, joined_at AS issued_at FROM bench_person
    UNION ALL
    SELECT n, id, 'winback', bought_at + interval '9 days' FROM bench_person WHERE n %% 3 = 0 AND bill_id IS NOT NULL
) given;

INSERT INTO rewards_voucher (
    id, definition_id, member_id, issued_for, issued_at, expires_at, uses_allowed, code_hash, last4, by, voided_at,
    voided_by, void_reason
)
SELECT
    g.id, d.id, member_id, 'bench:' || key || ':' || n, issued_at, issued_at + d.valid_days * interval '1 day', 1,
    sha256(g.id::text::bytea), upper(right(md5(g.id::text), 4)), 'system',
    CASE WHEN n %% 1000 = 9 THEN issued_at + interval '1 day' END,
    CASE WHEN n %% 1000 = 9 THEN 'user:' || %(staff)s ELSE '' END,
    CASE WHEN n %% 1000 = 9 THEN 'phát nhầm' ELSE '' END
FROM bench_gift g JOIN rewards_voucherdefinition d USING (key)
ORDER BY g.id;

-- What was told, before the first event of the shop: whoever reads events has begun since. The timeline heard it all.
DROP TABLE IF EXISTS bench_told;
CREATE UNLOGGED TABLE bench_told AS
SELECT
    (SELECT coalesce(min(id), 1) FROM events_event) - row_number() OVER (ORDER BY at DESC) AS id,
    type, member_id, subject_id, store_id, data, at, by
FROM (
    SELECT 'member.joined' AS type, id AS member_id, id AS subject_id, store_id, '{}'::jsonb AS data, joined_at AS at, 'system' AS by
    FROM bench_person
    UNION ALL
    SELECT 'voucher.issued', member_id, id, NULL, jsonb_build_object('key', key, 'version', 1), issued_at, 'system'
    FROM bench_gift
    UNION ALL
    SELECT 'case.opened', member_id, id, store_id, '{"via": "portal"}', opened_at, 'member:' || member_id FROM bench_case
    UNION ALL
    SELECT 'case.closed', member_id, id, store_id, '{"reason": "solved"}', opened_at + interval '2 days', 'user:' || %(staff)s
    FROM bench_case WHERE state = 'closed'
    UNION ALL
    SELECT 'label.given', member_id, member_id, NULL, jsonb_build_object('key', key), from_at, by FROM members_tag
) told;
INSERT INTO events_event (id, type, member_id, subject_id, store_id, data, occurred_at, recorded_at, by)
SELECT id, type, member_id, subject_id, store_id, data, at, at, by FROM bench_told ORDER BY id;
INSERT INTO members_timelineitem (event_id, member_id, type, at, subject_id, store_id, data)
SELECT id, member_id, type, at, subject_id, store_id, data FROM bench_told ORDER BY id;

DROP TABLE bench_person, bench_case, bench_gift, bench_told;
