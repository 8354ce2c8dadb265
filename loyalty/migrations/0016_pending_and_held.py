"""Points that wait, points put aside for a bill, what is said of orders, and more ways for points to end."""

import django.contrib.postgres.fields
import django.db.models.deletion
import events.models
import pgtrigger.compiler
import pgtrigger.migrations
from django.db import migrations, models

from events import sqlfiles

FILES = (
    "01_book_due.sql",
    "02_open.sql",
    "03_verbs.sql",
    "04_reverse.sql",
    "06_post.sql",
    "07_balance.sql",
    "09_move.sql",
    "10_hold.sql",
)
# their lists of parameters have changed
DROPPED = """
DROP FUNCTION IF EXISTS ledger_entry(loyalty_account, text, bigint, bigint, timestamptz, jsonb);
DROP FUNCTION IF EXISTS ledger_credit(uuid, text, bigint, timestamptz, timestamptz, jsonb);
DROP FUNCTION IF EXISTS ledger_post_adjustment(uuid, text, bigint, timestamptz, jsonb, text[]);
"""


class Migration(migrations.Migration):

    dependencies = [
        ('loyalty', '0015_lists_of_bills_and_tiers'),
    ]

    operations = [
        migrations.CreateModel(
            name='Hold',
            fields=[
                ('id', models.UUIDField(db_default=events.models.UUIDv7(), editable=False, primary_key=True, serialize=False)),
                ('member_id', models.UUIDField()),
                ('entry_seq', models.IntegerField()),
                ('points', models.BigIntegerField()),
                ('captured', models.BigIntegerField(default=0)),
                ('expires_at', models.DateTimeField()),
                ('ended_at', models.DateTimeField(null=True)),
                ('at', models.DateTimeField()),
                ('by', models.TextField()),
                ('request_id', models.TextField(db_default='', default='')),
            ],
            options={
                'verbose_name': 'điểm đang giữ',
            },
        ),
        migrations.CreateModel(
            name='OrderEvent',
            fields=[
                ('id', models.UUIDField(db_default=events.models.UUIDv7(), editable=False, primary_key=True, serialize=False)),
                ('type', models.TextField(choices=[('confirmed', 'được xác nhận'), ('paid', 'đã trả tiền'), ('shipped', 'đã gửi đi'), ('delivered', 'đã giao'), ('failed', 'không giao được'), ('cancelled', 'bị hủy')])),
                ('occurred_at', models.DateTimeField()),
                ('recorded_at', models.DateTimeField()),
                ('tracking_url', models.TextField(db_default='', default='')),
                ('promised_by', models.DateTimeField(null=True)),
                ('by', models.TextField()),
                ('request_id', models.TextField(db_default='', default='')),
            ],
            options={
                'verbose_name': 'tin về đơn hàng',
            },
        ),
        migrations.CreateModel(
            name='PendingPolicy',
            fields=[
                ('id', models.SmallAutoField(primary_key=True, serialize=False)),
                ('valid_from', models.DateTimeField(unique=True, verbose_name='có hiệu lực từ')),
                ('published_at', models.DateTimeField(editable=False)),
                ('published_by', models.TextField(default='system', editable=False)),
                ('note', models.TextField(blank=True, default='', verbose_name='ghi chú')),
                ('wait', models.TextField(choices=[('none', 'không chờ'), ('days', 'chờ một số ngày'), ('event', 'chờ đến khi giao xong')], default='none', verbose_name='điểm chờ')),
                ('channels', django.contrib.postgres.fields.ArrayField(base_field=models.TextField(), blank=True, default=list, size=None, verbose_name='kênh bán')),
                ('days', models.SmallIntegerField(default=7, verbose_name='số ngày chờ')),
                ('event', models.TextField(choices=[('confirmed', 'được xác nhận'), ('paid', 'đã trả tiền'), ('shipped', 'đã gửi đi'), ('delivered', 'đã giao')], default='delivered', verbose_name='điểm dùng được khi đơn')),
                ('give_up_days', models.SmallIntegerField(default=60, verbose_name='bỏ điểm nếu không có tin sau (ngày)')),
            ],
            options={
                'verbose_name': 'chính sách điểm chờ',
                'verbose_name_plural': 'Điểm chờ',
            },
        ),
        migrations.RemoveConstraint(
            model_name='entry',
            name='entry_kind_is_known',
        ),
        migrations.AddField(
            model_name='expirypolicy',
            name='dates',
            field=django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=5), blank=True, db_default=models.Value('{}'), default=list, help_text='30/06, 31/12', size=None, verbose_name='các ngày (ngày/tháng)'),
        ),
        migrations.AddField(
            model_name='expirypolicy',
            name='days',
            field=models.SmallIntegerField(blank=True, null=True, verbose_name='hoặc số ngày'),
        ),
        migrations.AddField(
            model_name='expirypolicy',
            name='kind',
            field=models.TextField(choices=[('rolling', 'sau một thời gian'), ('end_of_month', 'sau một thời gian, đến hết tháng'), ('end_of_quarter', 'sau một thời gian, đến hết quý'), ('end_of_year', 'sau một thời gian, đến hết năm'), ('dates', 'vào những ngày cố định trong năm'), ('inactivity', 'khi khách không quay lại')], db_default='rolling', default='rolling', verbose_name='cách tính'),
        ),
        migrations.AddField(
            model_name='lot',
            name='lapses_at',
            field=models.DateTimeField(null=True),
        ),
        migrations.AddField(
            model_name='lot',
            name='matures_at',
            field=models.DateTimeField(null=True),
        ),
        migrations.AddField(
            model_name='lot',
            name='pending',
            field=models.BooleanField(db_default=False, default=False),
        ),
        migrations.AddField(
            model_name='lot',
            name='slides',
            field=models.BooleanField(db_default=False, default=False),
        ),
        migrations.AddField(
            model_name='purchase',
            name='pending',
            field=models.BigIntegerField(db_default=0, default=0),
        ),
        migrations.AlterField(
            model_name='entry',
            name='kind',
            field=models.TextField(choices=[('earn', 'earn'), ('mature', 'mature'), ('cancel_pending', 'cancel_pending'), ('spend', 'spend'), ('spend_return', 'spend_return'), ('hold', 'hold'), ('release', 'release'), ('capture', 'capture'), ('expire', 'expire'), ('reinstate', 'reinstate'), ('clawback', 'clawback'), ('absorb', 'absorb'), ('adjust', 'adjust'), ('opening', 'opening')]),
        ),
        migrations.AddIndex(
            model_name='lot',
            index=models.Index(condition=models.Q(('pending', True)), fields=['member_id'], name='lot_pending'),
        ),
        migrations.AddConstraint(
            model_name='entry',
            constraint=models.CheckConstraint(condition=models.Q(('kind__in', ('earn', 'mature', 'cancel_pending', 'spend', 'spend_return', 'hold', 'release', 'capture', 'expire', 'reinstate', 'clawback', 'absorb', 'adjust', 'opening'))), name='entry_kind_is_known'),
        ),
        migrations.AddConstraint(
            model_name='expirypolicy',
            constraint=models.CheckConstraint(condition=models.Q(('days__isnull', True), ('days__range', (1, 7300)), _connector='OR'), name='points_live_for_days'),
        ),
        migrations.AddConstraint(
            model_name='expirypolicy',
            constraint=models.CheckConstraint(condition=models.Q(('months__isnull', True), ('days__isnull', True), _connector='OR'), name='points_live_for_months_or_days'),
        ),
        migrations.AddConstraint(
            model_name='expirypolicy',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('kind', 'dates'), _negated=True), ('dates__len__range', (1, 24)), _connector='OR'), name='points_end_on_days_that_are_named'),
        ),
        migrations.AddConstraint(
            model_name='expirypolicy',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('kind', 'inactivity'), _negated=True), ('months__isnull', False), ('days__isnull', False), _connector='OR'), name='silence_has_a_length'),
        ),
        migrations.AddConstraint(
            model_name='lot',
            constraint=models.CheckConstraint(condition=models.Q(('pending', False), ('matures_at__isnull', False), ('lapses_at__isnull', False), _connector='OR'), name='pending_points_do_not_wait_for_ever'),
        ),
        migrations.AddConstraint(
            model_name='lot',
            constraint=models.CheckConstraint(condition=models.Q(('slides', False), ('expires_at__isnull', False), _connector='OR'), name='only_an_end_can_slide'),
        ),
        migrations.AddConstraint(
            model_name='purchase',
            constraint=models.CheckConstraint(condition=models.Q(('pending__gte', 0), ('pending__lte', models.F('earned'))), name='only_points_earned_wait'),
        ),
        migrations.AddField(
            model_name='hold',
            name='store',
            field=models.ForeignKey(db_constraint=False, db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='loyalty.store'),
        ),
        migrations.AddField(
            model_name='orderevent',
            name='purchase',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='order_events', to='loyalty.purchase'),
        ),
        migrations.AddConstraint(
            model_name='pendingpolicy',
            constraint=models.CheckConstraint(condition=models.Q(('days__range', (1, 365)), ('give_up_days__range', (1, 365))), name='points_wait_for_days'),
        ),
        migrations.AddConstraint(
            model_name='pendingpolicy',
            constraint=models.CheckConstraint(condition=models.Q(('wait__in', ('none', 'days', 'event'))), name='a_wait_is_known'),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='pendingpolicy',
            trigger=pgtrigger.compiler.Trigger(name='append_only', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;", hash='ea5d4ff37c601460b07e42e56a698bfda848d60e', operation='UPDATE OR DELETE', pgid='pgtrigger_append_only_ac07d', table='loyalty_pendingpolicy', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='pendingpolicy',
            trigger=pgtrigger.compiler.Trigger(name='no_truncate', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'rows of % are never deleted', TG_TABLE_NAME;", hash='62019e86ea0d987adc8123bd7d90729b2b99ed97', level='STATEMENT', operation='TRUNCATE', pgid='pgtrigger_no_truncate_6e48d', table='loyalty_pendingpolicy', when='BEFORE')),
        ),
        migrations.AddIndex(
            model_name='hold',
            index=models.Index(condition=models.Q(('ended_at__isnull', True)), fields=['member_id'], name='hold_open'),
        ),
        migrations.AddConstraint(
            model_name='hold',
            constraint=models.CheckConstraint(condition=models.Q(('captured__gte', 0), ('captured__lte', models.F('points')), ('points__gte', 1)), name='a_hold_gives_no_more_than_it_holds'),
        ),
        migrations.AddConstraint(
            model_name='hold',
            constraint=models.CheckConstraint(condition=models.Q(('captured', 0), ('ended_at__isnull', False), _connector='OR'), name='a_hold_that_was_captured_is_over'),
        ),
        migrations.AddConstraint(
            model_name='orderevent',
            constraint=models.CheckConstraint(condition=models.Q(('type__in', ('confirmed', 'paid', 'shipped', 'delivered', 'failed', 'cancelled'))), name='an_order_event_is_known'),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='orderevent',
            trigger=pgtrigger.compiler.Trigger(name='append_only', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;", hash='31684095d7f9701c6277d2a30d0fc9bcaa66abdf', operation='UPDATE OR DELETE', pgid='pgtrigger_append_only_ebaf7', table='loyalty_orderevent', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='orderevent',
            trigger=pgtrigger.compiler.Trigger(name='no_truncate', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'rows of % are never deleted', TG_TABLE_NAME;", hash='0cd485a35524ab9512a7440eeffdb37679f57e88', level='STATEMENT', operation='TRUNCATE', pgid='pgtrigger_no_truncate_aaff6', table='loyalty_orderevent', when='BEFORE')),
        ),
        migrations.RunSQL(DROPPED, migrations.RunSQL.noop),
        *(sqlfiles.run("loyalty", name, folder="ledger/sql") for name in FILES),
    ]
