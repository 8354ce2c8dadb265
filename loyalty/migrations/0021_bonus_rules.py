"""Bonus rules in versions, what they gave, their budgets; caps and basis of the base rule; what a tier earns more."""

import django.contrib.postgres.fields
import django.db.models.deletion
import pgtrigger.compiler
import pgtrigger.migrations
from django.db import migrations, models

from events import sqlfiles

FILES = ("02_open.sql", "06_post.sql", "09_move.sql")
# its list of parameters has changed
DROPPED = "DROP FUNCTION IF EXISTS ledger_open_move(uuid, uuid, boolean, timestamptz, text, text[]);"


class Migration(migrations.Migration):

    dependencies = [
        ('loyalty', '0020_entries_of_a_kind_in_time'),
    ]

    operations = [
        migrations.CreateModel(
            name='Rule',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('key', models.SlugField(max_length=40, unique=True, verbose_name='mã')),
                ('created_at', models.DateTimeField()),
                ('created_by', models.TextField()),
            ],
            options={
                'verbose_name': 'quy tắc thưởng điểm',
                'verbose_name_plural': 'Quy tắc thưởng điểm',
            },
        ),
        migrations.CreateModel(
            name='RuleAward',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('purchase_id', models.UUIDField()),
                ('member_id', models.UUIDField()),
                ('day', models.DateField()),
                ('points', models.BigIntegerField()),
                ('times', models.SmallIntegerField(default=0)),
                ('subject_id', models.UUIDField(null=True)),
                ('at', models.DateTimeField()),
            ],
        ),
        migrations.CreateModel(
            name='RuleVersion',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('number', models.SmallIntegerField(verbose_name='bản')),
                ('name_vi', models.CharField(max_length=80, verbose_name='tên')),
                ('name_en', models.CharField(max_length=80, verbose_name='tên tiếng Anh')),
                ('condition', models.JSONField(default=dict, verbose_name='điều kiện')),
                ('effect', models.JSONField(default=dict, verbose_name='thưởng')),
                ('position', models.SmallIntegerField(default=100, verbose_name='thứ tự')),
                ('stack_group', models.CharField(blank=True, default='', max_length=40, verbose_name='nhóm')),
                ('stack_mode', models.TextField(choices=[('stack', 'cộng thêm vào các quy tắc khác'), ('best', 'trong nhóm chỉ lấy quy tắc lợi nhất'), ('first', 'trong nhóm chỉ lấy quy tắc đứng trước'), ('exclusive', 'chỉ một mình quy tắc này')], default='stack', verbose_name='khi nhiều quy tắc cùng đúng')),
                ('per_bill', models.IntegerField(blank=True, null=True, verbose_name='nhiều nhất mỗi hóa đơn (điểm)')),
                ('per_member', models.IntegerField(blank=True, null=True, verbose_name='nhiều nhất mỗi thành viên (điểm)')),
                ('times', models.SmallIntegerField(blank=True, null=True, verbose_name='nhiều nhất mỗi thành viên (lần)')),
                ('period', models.TextField(choices=[('day', 'mỗi ngày'), ('week', 'mỗi tuần'), ('month', 'mỗi tháng'), ('year', 'mỗi năm'), ('ever', 'tất cả')], default='day', verbose_name='trong')),
                ('budget', models.BigIntegerField(blank=True, null=True, verbose_name='ngân sách của bản này (điểm)')),
                ('valid_from', models.DateTimeField(verbose_name='chạy từ')),
                ('valid_until', models.DateTimeField(blank=True, null=True, verbose_name='đến')),
                ('note', models.CharField(blank=True, default='', max_length=200, verbose_name='ghi chú')),
                ('created_at', models.DateTimeField(verbose_name='soạn lúc')),
                ('created_by', models.TextField()),
            ],
            options={
                'verbose_name': 'bản quy tắc',
                'verbose_name_plural': 'Quy tắc thưởng điểm',
            },
        ),
        migrations.CreateModel(
            name='RuleStep',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kind', models.TextField(choices=[('asked', 'chờ duyệt'), ('refused', 'không duyệt'), ('approved', 'đã duyệt'), ('paused', 'tạm dừng'), ('resumed', 'chạy tiếp'), ('ended', 'kết thúc')])),
                ('at', models.DateTimeField()),
                ('by', models.TextField()),
                ('reason', models.CharField(db_default='', default='', max_length=200)),
            ],
        ),
        migrations.AddField(
            model_name='earningrule',
            name='cap_per_bill',
            field=models.IntegerField(blank=True, null=True, verbose_name='nhiều nhất mỗi hóa đơn (điểm)'),
        ),
        migrations.AddField(
            model_name='earningrule',
            name='cap_per_day',
            field=models.IntegerField(blank=True, null=True, verbose_name='nhiều nhất mỗi thành viên mỗi ngày (điểm)'),
        ),
        migrations.AddField(
            model_name='earningrule',
            name='excluded_categories',
            field=django.contrib.postgres.fields.ArrayField(base_field=models.TextField(), blank=True, db_default=models.Value('{}'), default=list, size=None, verbose_name='nhóm hàng không tích'),
        ),
        migrations.AddField(
            model_name='earningrule',
            name='excluded_skus',
            field=django.contrib.postgres.fields.ArrayField(base_field=models.TextField(), blank=True, db_default=models.Value('{}'), default=list, size=None, verbose_name='mã hàng không tích'),
        ),
        migrations.AddField(
            model_name='earningrule',
            name='vouchers_earn',
            field=models.BooleanField(db_default=False, default=False, verbose_name='phần trả bằng voucher vẫn được tích'),
        ),
        migrations.AddField(
            model_name='earningrule',
            name='with_tax',
            field=models.BooleanField(db_default=False, default=False, verbose_name='tính cả thuế và phí phục vụ'),
        ),
        migrations.AddField(
            model_name='tierthreshold',
            name='earn_percent',
            field=models.SmallIntegerField(db_default=0, default=0, verbose_name='tích thêm (%)'),
        ),
        migrations.AddConstraint(
            model_name='earningrule',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('cap_per_bill__isnull', True), ('cap_per_bill__gte', 1), _connector='OR'), models.Q(('cap_per_day__isnull', True), ('cap_per_day__gte', 1), _connector='OR')), name='a_cap_lets_something_through'),
        ),
        migrations.AddConstraint(
            model_name='tierthreshold',
            constraint=models.CheckConstraint(condition=models.Q(('earn_percent__range', (0, 900))), name='a_tier_earns_more_not_less'),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='rule',
            trigger=pgtrigger.compiler.Trigger(name='append_only', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;", hash='db90b2cfe8f6a3fc4ec6ab891a0407d07ea6f5fe', operation='UPDATE OR DELETE', pgid='pgtrigger_append_only_42ab9', table='loyalty_rule', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='rule',
            trigger=pgtrigger.compiler.Trigger(name='no_truncate', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'rows of % are never deleted', TG_TABLE_NAME;", hash='f1fd08cdc67d4d1d4b19298caf56c04ce8da8c71', level='STATEMENT', operation='TRUNCATE', pgid='pgtrigger_no_truncate_ff8e2', table='loyalty_rule', when='BEFORE')),
        ),
        migrations.AddField(
            model_name='ruleaward',
            name='rule',
            field=models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='loyalty.rule'),
        ),
        migrations.AddField(
            model_name='ruleversion',
            name='rule',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='versions', to='loyalty.rule'),
        ),
        migrations.AddField(
            model_name='ruleaward',
            name='version',
            field=models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='loyalty.ruleversion'),
        ),
        migrations.AddField(
            model_name='rulestep',
            name='version',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='steps', to='loyalty.ruleversion'),
        ),
        migrations.CreateModel(
            name='RuleBudget',
            fields=[
                ('version', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, primary_key=True, related_name='spent_of', serialize=False, to='loyalty.ruleversion')),
                ('budget', models.BigIntegerField()),
                ('spent', models.BigIntegerField(db_default=0, default=0)),
            ],
            options={
                'constraints': [models.CheckConstraint(condition=models.Q(('spent__lte', models.F('budget'))), name='a_budget_is_never_exceeded'), models.CheckConstraint(condition=models.Q(('spent__gte', 0)), name='a_budget_is_spent_from_zero')],
            },
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='rulebudget',
            trigger=pgtrigger.compiler.Trigger(name='never_deleted', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot delete rows from % table', TG_TABLE_NAME;", hash='22d3e63ee510f434bdc0cb0c30fe23fd1a23faba', operation='DELETE', pgid='pgtrigger_never_deleted_addb1', table='loyalty_rulebudget', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='rulebudget',
            trigger=pgtrigger.compiler.Trigger(name='no_truncate', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'rows of % are never deleted', TG_TABLE_NAME;", hash='7f9a90c61916c83ab72a03fa281cb29d29faf0c5', level='STATEMENT', operation='TRUNCATE', pgid='pgtrigger_no_truncate_4c5dc', table='loyalty_rulebudget', when='BEFORE')),
        ),
        migrations.AddConstraint(
            model_name='ruleversion',
            constraint=models.UniqueConstraint(fields=('rule', 'number'), name='a_version_has_its_number'),
        ),
        migrations.AddConstraint(
            model_name='ruleversion',
            constraint=models.CheckConstraint(condition=models.Q(('valid_until__isnull', True), ('valid_until__gt', models.F('valid_from')), _connector='OR'), name='a_rule_ends_after_it_begins'),
        ),
        migrations.AddConstraint(
            model_name='ruleversion',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('per_bill__isnull', True), ('per_bill__gte', 1), _connector='OR'), models.Q(('per_member__isnull', True), ('per_member__gte', 1), _connector='OR'), models.Q(('times__isnull', True), ('times__gte', 1), _connector='OR'), models.Q(('budget__isnull', True), ('budget__gte', 1), _connector='OR')), name='a_limit_lets_something_through'),
        ),
        migrations.AddConstraint(
            model_name='ruleversion',
            constraint=models.CheckConstraint(condition=models.Q(('stack_mode__in', ('stack', 'best', 'first', 'exclusive')), ('period__in', ('day', 'week', 'month', 'year', 'ever'))), name='a_rule_goes_with_others_in_a_known_way'),
        ),
        migrations.AddConstraint(
            model_name='ruleversion',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('stack_mode__in', ('best', 'first')), _negated=True), models.Q(('stack_group', ''), _negated=True), _connector='OR'), name='a_choice_is_made_in_a_group'),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='ruleversion',
            trigger=pgtrigger.compiler.Trigger(name='append_only', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;", hash='08235c0f3ae54bde995453f2767053be8a6530d4', operation='UPDATE OR DELETE', pgid='pgtrigger_append_only_ac49c', table='loyalty_ruleversion', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='ruleversion',
            trigger=pgtrigger.compiler.Trigger(name='no_truncate', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'rows of % are never deleted', TG_TABLE_NAME;", hash='24f5c68b5f4cd1699010ebd520f96a709bbca058', level='STATEMENT', operation='TRUNCATE', pgid='pgtrigger_no_truncate_fee90', table='loyalty_ruleversion', when='BEFORE')),
        ),
        migrations.AddIndex(
            model_name='ruleaward',
            index=models.Index(fields=['member_id', 'rule', 'day'], include=('points', 'times'), name='awards_of_a_member'),
        ),
        migrations.AddIndex(
            model_name='ruleaward',
            index=models.Index(fields=['purchase_id'], name='awards_of_a_bill'),
        ),
        migrations.AddIndex(
            model_name='ruleaward',
            index=models.Index(fields=['rule', 'day'], include=('points', 'times'), name='awards_of_a_rule'),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='ruleaward',
            trigger=pgtrigger.compiler.Trigger(name='append_only', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;", hash='7fd65e523de97e2779034e353d0d72b1581a1cc1', operation='UPDATE OR DELETE', pgid='pgtrigger_append_only_50c30', table='loyalty_ruleaward', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='ruleaward',
            trigger=pgtrigger.compiler.Trigger(name='no_truncate', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'rows of % are never deleted', TG_TABLE_NAME;", hash='22f4d398e8657b882f5b7b58d5f4aa6d3646c7a1', level='STATEMENT', operation='TRUNCATE', pgid='pgtrigger_no_truncate_4f4b6', table='loyalty_ruleaward', when='BEFORE')),
        ),
        migrations.AddConstraint(
            model_name='rulestep',
            constraint=models.CheckConstraint(condition=models.Q(('kind__in', ('asked', 'refused', 'approved', 'paused', 'resumed', 'ended'))), name='a_step_of_a_rule_is_known'),
        ),
        migrations.AddConstraint(
            model_name='rulestep',
            constraint=models.UniqueConstraint(condition=models.Q(('kind', 'approved')), fields=('version',), name='a_version_is_approved_once'),
        ),
        migrations.AddConstraint(
            model_name='rulestep',
            constraint=models.UniqueConstraint(condition=models.Q(('kind', 'ended')), fields=('version',), name='a_version_ends_once'),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='rulestep',
            trigger=pgtrigger.compiler.Trigger(name='append_only', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;", hash='b592cd34a302afad18223833c6f653c72becfc7f', operation='UPDATE OR DELETE', pgid='pgtrigger_append_only_2b001', table='loyalty_rulestep', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='rulestep',
            trigger=pgtrigger.compiler.Trigger(name='no_truncate', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'rows of % are never deleted', TG_TABLE_NAME;", hash='73d6a538f1b686740fd042c49c4f28af6501632b', level='STATEMENT', operation='TRUNCATE', pgid='pgtrigger_no_truncate_a801d', table='loyalty_rulestep', when='BEFORE')),
        ),
        migrations.RunSQL(DROPPED, migrations.RunSQL.noop),
        *(sqlfiles.run("loyalty", name, folder="ledger/sql") for name in FILES),
    ]
