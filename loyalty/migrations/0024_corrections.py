"""A bill may have more than one revision under its receipt: the last one stands."""

import django.db.models.deletion
import pgtrigger.compiler
import pgtrigger.migrations
from django.db import migrations, models

from events import sqlfiles

FILES = ("02_open.sql", "04_reverse.sql", "06_post.sql")
# its list of parameters has grown
DROPPED = "DROP FUNCTION IF EXISTS ledger_claw_back(uuid, int, bigint, timestamptz, boolean, jsonb);"


class Migration(migrations.Migration):

    dependencies = [
        ('loyalty', '0023_what_is_due_set_by_set'),
    ]

    operations = [
        migrations.CreateModel(
            name='Correction',
            fields=[
                ('purchase', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, primary_key=True, related_name='correction', serialize=False, to='loyalty.purchase')),
                ('reason', models.TextField()),
                ('at', models.DateTimeField()),
                ('by', models.TextField()),
                ('request_id', models.TextField(db_default='', default='')),
            ],
            options={
                'verbose_name': 'lần sửa hóa đơn',
            },
        ),
        migrations.RemoveConstraint(
            model_name='purchase',
            name='a_receipt_is_posted_once',
        ),
        migrations.AddField(
            model_name='purchase',
            name='revision',
            field=models.SmallIntegerField(db_default=1, default=1),
        ),
        migrations.AlterField(
            model_name='return',
            name='kind',
            field=models.TextField(choices=[('return', 'trả hàng'), ('cancellation', 'hủy hóa đơn'), ('correction', 'sửa hóa đơn')], default='return'),
        ),
        migrations.AddConstraint(
            model_name='purchase',
            constraint=models.UniqueConstraint(fields=('store', 'period', 'receipt', 'revision'), name='a_receipt_is_posted_once'),
        ),
        migrations.AddField(
            model_name='correction',
            name='back',
            field=models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='loyalty.return'),
        ),
        migrations.AddField(
            model_name='correction',
            name='next',
            field=models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='corrects', to='loyalty.purchase'),
        ),
        migrations.AddConstraint(
            model_name='correction',
            constraint=models.CheckConstraint(condition=models.Q(('purchase', models.F('next')), _negated=True), name='a_bill_is_corrected_by_another'),
        ),
        migrations.AddConstraint(
            model_name='correction',
            constraint=models.CheckConstraint(condition=models.Q(('reason', ''), _negated=True), name='a_correction_has_a_reason'),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='correction',
            trigger=pgtrigger.compiler.Trigger(name='append_only', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;", hash='98a3522c497a6eab7cb13aecf1145f0ae6ae6c25', operation='UPDATE OR DELETE', pgid='pgtrigger_append_only_83264', table='loyalty_correction', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='correction',
            trigger=pgtrigger.compiler.Trigger(name='no_truncate', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'rows of % are never deleted', TG_TABLE_NAME;", hash='3fa8e39fb271b5ae47cb59238465917d29c1b101', level='STATEMENT', operation='TRUNCATE', pgid='pgtrigger_no_truncate_577c8', table='loyalty_correction', when='BEFORE')),
        ),
        migrations.RunSQL(DROPPED, migrations.RunSQL.noop),
        *(sqlfiles.run("loyalty", name, folder="ledger/sql") for name in FILES),
    ]
