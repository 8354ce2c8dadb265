"""When somebody last sent a message to themselves over a channel."""


import pgtrigger.compiler
import pgtrigger.migrations
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('campaigns', '0001_first'),
    ]

    operations = [
        pgtrigger.migrations.RemoveTrigger(
            model_name='sendingpolicy',
            name='insert_insert',
        ),
        pgtrigger.migrations.RemoveTrigger(
            model_name='sendingpolicy',
            name='update_update',
        ),
        migrations.AddField(
            model_name='sendingpolicy',
            name='tested_at',
            field=models.DateTimeField(editable=False, null=True, verbose_name='gửi thử lần gần nhất'),
        ),
        migrations.AddField(
            model_name='sendingpolicyevent',
            name='tested_at',
            field=models.DateTimeField(editable=False, null=True, verbose_name='gửi thử lần gần nhất'),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='sendingpolicy',
            trigger=pgtrigger.compiler.Trigger(name='insert_insert', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "campaigns_sendingpolicyevent" ("brand", "daily_cap", "holdout_percent", "id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "quiet_from", "quiet_until", "tested_at", "weekly_cap") VALUES (NEW."brand", NEW."daily_cap", NEW."holdout_percent", NEW."id", _pgh_attach_context(), NOW(), \'insert\', NEW."id", NEW."quiet_from", NEW."quiet_until", NEW."tested_at", NEW."weekly_cap"); RETURN NULL;', hash='4640f6c2ee081480e88fe3f89730b5148f2a8288', operation='INSERT', pgid='pgtrigger_insert_insert_4bf75', table='campaigns_sendingpolicy', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='sendingpolicy',
            trigger=pgtrigger.compiler.Trigger(name='update_update', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD."brand" IS DISTINCT FROM (NEW."brand") OR OLD."daily_cap" IS DISTINCT FROM (NEW."daily_cap") OR OLD."holdout_percent" IS DISTINCT FROM (NEW."holdout_percent") OR OLD."id" IS DISTINCT FROM (NEW."id") OR OLD."quiet_from" IS DISTINCT FROM (NEW."quiet_from") OR OLD."quiet_until" IS DISTINCT FROM (NEW."quiet_until") OR OLD."tested_at" IS DISTINCT FROM (NEW."tested_at") OR OLD."weekly_cap" IS DISTINCT FROM (NEW."weekly_cap"))', func='INSERT INTO "campaigns_sendingpolicyevent" ("brand", "daily_cap", "holdout_percent", "id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "quiet_from", "quiet_until", "tested_at", "weekly_cap") VALUES (NEW."brand", NEW."daily_cap", NEW."holdout_percent", NEW."id", _pgh_attach_context(), NOW(), \'update\', NEW."id", NEW."quiet_from", NEW."quiet_until", NEW."tested_at", NEW."weekly_cap"); RETURN NULL;', hash='9e8571810fda6fda8bdaf8ceba69c1d15b66b2f4', operation='UPDATE', pgid='pgtrigger_update_update_c8d82', table='campaigns_sendingpolicy', when='AFTER')),
        ),
    ]
