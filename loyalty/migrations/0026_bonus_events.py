"""Points for what is no purchase: dated events, their ends, what was given for them, and a kind of entry of its own."""

import django.db.models.deletion
import events.models
import pgtrigger.compiler
import pgtrigger.migrations
from django.db import migrations, models

from events import sqlfiles


class Migration(migrations.Migration):

    dependencies = [
        ('loyalty', '0025_tier_turns'),
    ]

    operations = [
        migrations.CreateModel(
            name='BonusEvent',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('key', models.CharField(help_text='joined, profile_completed, birthday: hệ thống tự ghi nhận. review, check_in hoặc mã riêng: gửi qua API.', max_length=40, verbose_name='mã sự kiện')),
                ('name_vi', models.CharField(max_length=80, verbose_name='tên')),
                ('name_en', models.CharField(max_length=80, verbose_name='tên tiếng Anh')),
                ('points', models.IntegerField(verbose_name='số điểm')),
                ('often', models.TextField(choices=[('once', 'một lần duy nhất'), ('yearly', 'mỗi năm một lần'), ('daily', 'mỗi ngày một lần'), ('every', 'mỗi lần')], default='once', verbose_name='mỗi thành viên được thưởng')),
                ('most_a_day', models.SmallIntegerField(blank=True, help_text='Chỉ khi thưởng mỗi lần.', null=True, verbose_name='nhiều nhất mỗi ngày (lần)')),
                ('most_ever', models.IntegerField(blank=True, help_text='Chỉ khi thưởng mỗi lần.', null=True, verbose_name='nhiều nhất tất cả (lần)')),
                ('valid_from', models.DateTimeField(verbose_name='có hiệu lực từ')),
                ('published_at', models.DateTimeField(editable=False)),
                ('published_by', models.TextField(editable=False)),
                ('note', models.CharField(blank=True, default='', max_length=200, verbose_name='ghi chú')),
            ],
            options={
                'verbose_name': 'điểm thưởng sự kiện',
                'verbose_name_plural': 'Điểm thưởng sự kiện',
            },
        ),
        migrations.CreateModel(
            name='EventAward',
            fields=[
                ('id', models.UUIDField(db_default=events.models.UUIDv7(), editable=False, primary_key=True, serialize=False)),
                ('member_id', models.UUIDField()),
                ('event', models.TextField()),
                ('occurrence', models.TextField()),
                ('entry_seq', models.IntegerField()),
                ('points', models.IntegerField()),
                ('day', models.DateField()),
                ('occurred_at', models.DateTimeField()),
                ('at', models.DateTimeField()),
                ('by', models.TextField()),
            ],
        ),
        migrations.RemoveConstraint(
            model_name='entry',
            name='entry_kind_is_known',
        ),
        migrations.AlterField(
            model_name='entry',
            name='kind',
            field=models.TextField(choices=[('earn', 'earn'), ('mature', 'mature'), ('cancel_pending', 'cancel_pending'), ('spend', 'spend'), ('spend_return', 'spend_return'), ('hold', 'hold'), ('release', 'release'), ('capture', 'capture'), ('expire', 'expire'), ('reinstate', 'reinstate'), ('clawback', 'clawback'), ('absorb', 'absorb'), ('adjust', 'adjust'), ('opening', 'opening'), ('bonus', 'bonus')]),
        ),
        migrations.AddConstraint(
            model_name='entry',
            constraint=models.CheckConstraint(condition=models.Q(('kind__in', ('earn', 'mature', 'cancel_pending', 'spend', 'spend_return', 'hold', 'release', 'capture', 'expire', 'reinstate', 'clawback', 'absorb', 'adjust', 'opening', 'bonus'))), name='entry_kind_is_known'),
        ),
        migrations.CreateModel(
            name='BonusEventEnd',
            fields=[
                ('version', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, primary_key=True, related_name='ended', serialize=False, to='loyalty.bonusevent')),
                ('at', models.DateTimeField()),
                ('by', models.TextField()),
            ],
        ),
        migrations.AddConstraint(
            model_name='bonusevent',
            constraint=models.UniqueConstraint(fields=('key', 'valid_from'), name='an_event_has_one_version_at_a_time', violation_error_message='Sự kiện này đã có một bản bắt đầu đúng lúc đó.'),
        ),
        migrations.AddConstraint(
            model_name='bonusevent',
            constraint=models.CheckConstraint(condition=models.Q(('key__regex', '^[a-z][a-z0-9_]{0,39}$')), name='an_event_has_a_plain_key', violation_error_message='Mã chỉ có chữ thường không dấu, số và gạch dưới, bắt đầu bằng chữ.'),
        ),
        migrations.AddConstraint(
            model_name='bonusevent',
            constraint=models.CheckConstraint(condition=models.Q(('points__range', (1, 1000000))), name='an_event_gives_points_within_bounds', violation_error_message='Từ 1 đến 1.000.000 điểm.'),
        ),
        migrations.AddConstraint(
            model_name='bonusevent',
            constraint=models.CheckConstraint(condition=models.Q(('often__in', ('once', 'yearly', 'daily', 'every'))), name='an_event_comes_in_a_known_rhythm'),
        ),
        migrations.AddConstraint(
            model_name='bonusevent',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('most_a_day__isnull', True), ('most_a_day__gte', 1), _connector='OR'), models.Q(('most_ever__isnull', True), ('most_ever__gte', 1), _connector='OR')), name='a_limit_of_an_event_lets_one_through', violation_error_message='Giới hạn ít nhất là 1 lần; để trống nếu không giới hạn.'),
        ),
        migrations.AddConstraint(
            model_name='bonusevent',
            constraint=models.CheckConstraint(condition=models.Q(('often', 'every'), models.Q(('most_a_day__isnull', True), ('most_ever__isnull', True)), _connector='OR'), name='only_what_comes_every_time_has_a_limit', violation_error_message='Chỉ đặt giới hạn khi thưởng mỗi lần.'),
        ),
        migrations.AddConstraint(
            model_name='bonusevent',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('key__in', ('joined', 'profile_completed')), _negated=True), ('often', 'once'), _connector='OR'), name='nobody_joins_twice', violation_error_message='Tham gia và điền đủ hồ sơ chỉ thưởng một lần duy nhất.'),
        ),
        migrations.AddConstraint(
            model_name='bonusevent',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('key', 'birthday'), _negated=True), ('often', 'yearly'), _connector='OR'), name='a_birthday_comes_once_a_year', violation_error_message='Sinh nhật thưởng mỗi năm một lần.'),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='bonusevent',
            trigger=pgtrigger.compiler.Trigger(name='append_only', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;", hash='6da8d2461f0602f87a48b1c0c56c3ee0bb4a78f2', operation='UPDATE OR DELETE', pgid='pgtrigger_append_only_16ac0', table='loyalty_bonusevent', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='bonusevent',
            trigger=pgtrigger.compiler.Trigger(name='no_truncate', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'rows of % are never deleted', TG_TABLE_NAME;", hash='600c977d6c652ea713b58d8135b8e87012e6437c', level='STATEMENT', operation='TRUNCATE', pgid='pgtrigger_no_truncate_49db1', table='loyalty_bonusevent', when='BEFORE')),
        ),
        migrations.AddField(
            model_name='eventaward',
            name='store',
            field=models.ForeignKey(db_constraint=False, db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='loyalty.store'),
        ),
        migrations.AddField(
            model_name='eventaward',
            name='version',
            field=models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='loyalty.bonusevent'),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='bonuseventend',
            trigger=pgtrigger.compiler.Trigger(name='append_only', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;", hash='717d2c4ecbdc6cafa0415b920df148d2629fb811', operation='UPDATE OR DELETE', pgid='pgtrigger_append_only_b1f97', table='loyalty_bonuseventend', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='bonuseventend',
            trigger=pgtrigger.compiler.Trigger(name='no_truncate', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'rows of % are never deleted', TG_TABLE_NAME;", hash='d668c85e25dfde9d8ae4fc33a26cc31870e5f8c1', level='STATEMENT', operation='TRUNCATE', pgid='pgtrigger_no_truncate_2ffa5', table='loyalty_bonuseventend', when='BEFORE')),
        ),
        migrations.AddConstraint(
            model_name='eventaward',
            constraint=models.UniqueConstraint(fields=('member_id', 'event', 'occurrence'), name='an_event_is_rewarded_once'),
        ),
        migrations.AddConstraint(
            model_name='eventaward',
            constraint=models.UniqueConstraint(fields=('member_id', 'entry_seq'), name='an_entry_rewards_one_event'),
        ),
        migrations.AddConstraint(
            model_name='eventaward',
            constraint=models.CheckConstraint(condition=models.Q(('points__gte', 1)), name='an_award_is_of_points'),
        ),
        migrations.AddConstraint(
            model_name='eventaward',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('occurrence', ''), _negated=True), models.Q(('event', ''), _negated=True)), name='an_award_says_for_what'),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='eventaward',
            trigger=pgtrigger.compiler.Trigger(name='append_only', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;", hash='a7915615e537ad44e776d0e092ade52d44b633d4', operation='UPDATE OR DELETE', pgid='pgtrigger_append_only_389b8', table='loyalty_eventaward', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='eventaward',
            trigger=pgtrigger.compiler.Trigger(name='no_truncate', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'rows of % are never deleted', TG_TABLE_NAME;", hash='79f2d12a035fd626cb07751af46304e179b4d88e', level='STATEMENT', operation='TRUNCATE', pgid='pgtrigger_no_truncate_bfd39', table='loyalty_eventaward', when='BEFORE')),
        ),
        sqlfiles.run("loyalty", "13_bonus_event.sql", folder="ledger/sql"),
    ]
