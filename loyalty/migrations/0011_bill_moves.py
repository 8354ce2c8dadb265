"""Bills that go to another member, and guests' bills claimed later; the ledger's functions follow the owner."""

import django.contrib.postgres.fields
import django.db.models.deletion
import pgtrigger.compiler
import pgtrigger.migrations
from django.db import migrations, models

import events.models
from events import sqlfiles

FILES = ("02_open.sql", "03_verbs.sql", "05_tier.sql", "06_post.sql", "09_move.sql")


class Migration(migrations.Migration):
    dependencies = [
        ("loyalty", "0010_look"),
    ]

    operations = [
        migrations.CreateModel(
            name="BillMove",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        db_default=events.models.UUIDv7(), editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("step", models.SmallIntegerField()),
                ("kind", models.TextField(choices=[("move", "chuyển hóa đơn"), ("claim", "tích điểm bù")])),
                ("from_member_id", models.UUIDField(null=True)),
                ("to_member_id", models.UUIDField()),
                ("business_date", models.DateField()),
                ("counts_at", models.DateTimeField()),
                ("at", models.DateTimeField()),
                ("base", models.BigIntegerField()),
                ("earned_back", models.BigIntegerField(default=0)),
                ("absorbed", models.BigIntegerField(default=0)),
                ("earned", models.BigIntegerField(default=0)),
                (
                    "returned",
                    django.contrib.postgres.fields.ArrayField(base_field=models.UUIDField(), default=list, size=None),
                ),
                ("available_after", models.BigIntegerField()),
                ("debt_after", models.BigIntegerField()),
                ("reasons", models.JSONField(default=dict)),
                ("reason", models.TextField(default="")),
                ("by", models.TextField()),
                ("request_id", models.TextField(db_default="", default="")),
            ],
            options={
                "verbose_name": "lần chuyển hóa đơn",
                "verbose_name_plural": "Chuyển hóa đơn",
            },
        ),
        pgtrigger.migrations.RemoveTrigger(
            model_name="programme",
            name="insert_insert",
        ),
        pgtrigger.migrations.RemoveTrigger(
            model_name="programme",
            name="update_update",
        ),
        migrations.RemoveConstraint(
            model_name="tierbeginning",
            name="tier_cause_is_known",
        ),
        migrations.AddField(
            model_name="entry",
            name="move_id",
            field=models.UUIDField(null=True),
        ),
        migrations.AddField(
            model_name="programme",
            name="claim_days",
            field=models.SmallIntegerField(
                db_default=3,
                default=3,
                help_text="Khách lẻ tích bù hóa đơn của mình trong chừng ấy ngày; 0: không cho tích bù.",
                verbose_name="tích điểm bù trong (ngày)",
            ),
        ),
        migrations.AddField(
            model_name="programme",
            name="claims_a_month",
            field=models.SmallIntegerField(
                db_default=3, default=3, verbose_name="tích điểm bù nhiều nhất (hóa đơn mỗi tháng)"
            ),
        ),
        migrations.AddField(
            model_name="programme",
            name="move_days",
            field=models.SmallIntegerField(db_default=30, default=30, verbose_name="chuyển hóa đơn trong (ngày)"),
        ),
        migrations.AddField(
            model_name="programmeevent",
            name="claim_days",
            field=models.SmallIntegerField(
                db_default=3,
                default=3,
                help_text="Khách lẻ tích bù hóa đơn của mình trong chừng ấy ngày; 0: không cho tích bù.",
                verbose_name="tích điểm bù trong (ngày)",
            ),
        ),
        migrations.AddField(
            model_name="programmeevent",
            name="claims_a_month",
            field=models.SmallIntegerField(
                db_default=3, default=3, verbose_name="tích điểm bù nhiều nhất (hóa đơn mỗi tháng)"
            ),
        ),
        migrations.AddField(
            model_name="programmeevent",
            name="move_days",
            field=models.SmallIntegerField(db_default=30, default=30, verbose_name="chuyển hóa đơn trong (ngày)"),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="programme",
            trigger=pgtrigger.compiler.Trigger(
                name="insert_insert",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='INSERT INTO "loyalty_programmeevent" ("claim_days", "claims_a_month", "colour", "currency", "currency_sign", "debt_on_return", "give_back_days", "id", "manual_limit", "move_days", "name", "payment_methods", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "point_name_en", "point_name_vi") VALUES (NEW."claim_days", NEW."claims_a_month", NEW."colour", NEW."currency", NEW."currency_sign", NEW."debt_on_return", NEW."give_back_days", NEW."id", NEW."manual_limit", NEW."move_days", NEW."name", NEW."payment_methods", _pgh_attach_context(), NOW(), \'insert\', NEW."id", NEW."point_name_en", NEW."point_name_vi"); RETURN NULL;',
                    hash="53882136a312ecd0217e79935adf0a5f109ab36d",
                    operation="INSERT",
                    pgid="pgtrigger_insert_insert_ff312",
                    table="loyalty_programme",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="programme",
            trigger=pgtrigger.compiler.Trigger(
                name="update_update",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    condition='WHEN (OLD."claim_days" IS DISTINCT FROM (NEW."claim_days") OR OLD."claims_a_month" IS DISTINCT FROM (NEW."claims_a_month") OR OLD."colour" IS DISTINCT FROM (NEW."colour") OR OLD."currency" IS DISTINCT FROM (NEW."currency") OR OLD."currency_sign" IS DISTINCT FROM (NEW."currency_sign") OR OLD."debt_on_return" IS DISTINCT FROM (NEW."debt_on_return") OR OLD."give_back_days" IS DISTINCT FROM (NEW."give_back_days") OR OLD."id" IS DISTINCT FROM (NEW."id") OR OLD."manual_limit" IS DISTINCT FROM (NEW."manual_limit") OR OLD."move_days" IS DISTINCT FROM (NEW."move_days") OR OLD."name" IS DISTINCT FROM (NEW."name") OR OLD."payment_methods" IS DISTINCT FROM (NEW."payment_methods") OR OLD."point_name_en" IS DISTINCT FROM (NEW."point_name_en") OR OLD."point_name_vi" IS DISTINCT FROM (NEW."point_name_vi"))',
                    func='INSERT INTO "loyalty_programmeevent" ("claim_days", "claims_a_month", "colour", "currency", "currency_sign", "debt_on_return", "give_back_days", "id", "manual_limit", "move_days", "name", "payment_methods", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "point_name_en", "point_name_vi") VALUES (NEW."claim_days", NEW."claims_a_month", NEW."colour", NEW."currency", NEW."currency_sign", NEW."debt_on_return", NEW."give_back_days", NEW."id", NEW."manual_limit", NEW."move_days", NEW."name", NEW."payment_methods", _pgh_attach_context(), NOW(), \'update\', NEW."id", NEW."point_name_en", NEW."point_name_vi"); RETURN NULL;',
                    hash="7bec0ab31c7ac6ae83d8d763d8843f3379827db3",
                    operation="UPDATE",
                    pgid="pgtrigger_update_update_96875",
                    table="loyalty_programme",
                    when="AFTER",
                ),
            ),
        ),
        migrations.AddConstraint(
            model_name="programme",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("claim_days__range", (0, 60)), ("claims_a_month__range", (0, 100)), ("move_days__range", (0, 400))
                ),
                name="bills_change_hands_within_bounds",
            ),
        ),
        migrations.AddConstraint(
            model_name="tierbeginning",
            constraint=models.CheckConstraint(
                condition=models.Q(("cause__in", ["purchase", "return", "move", "override", "import"])),
                name="tier_cause_is_known",
            ),
        ),
        migrations.AddField(
            model_name="billmove",
            name="purchase",
            field=models.ForeignKey(
                db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name="moves", to="loyalty.purchase"
            ),
        ),
        migrations.AddField(
            model_name="billmove",
            name="store",
            field=models.ForeignKey(
                db_constraint=False,
                db_index=False,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="loyalty.store",
            ),
        ),
        migrations.AddField(
            model_name="billmove",
            name="terminal",
            field=models.ForeignKey(
                db_constraint=False,
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="loyalty.terminal",
            ),
        ),
        migrations.AddField(
            model_name="billmove",
            name="tier",
            field=models.ForeignKey(
                db_constraint=False,
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="loyalty.tier",
            ),
        ),
        migrations.AddIndex(
            model_name="billmove",
            index=models.Index(fields=["to_member_id", "counts_at"], include=("base",), name="bill_came_to_a_member"),
        ),
        migrations.AddIndex(
            model_name="billmove",
            index=models.Index(
                condition=models.Q(("from_member_id__isnull", False)),
                fields=["from_member_id", "counts_at"],
                include=("base",),
                name="bill_left_a_member",
            ),
        ),
        migrations.AddConstraint(
            model_name="billmove",
            constraint=models.UniqueConstraint(fields=("purchase", "step"), name="a_bill_moves_one_step_at_a_time"),
        ),
        migrations.AddConstraint(
            model_name="billmove",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("from_member_id__isnull", True), ("kind", "claim"), ("step", 1)),
                    models.Q(("from_member_id__isnull", False), ("kind", "move")),
                    _connector="OR",
                ),
                name="a_guests_bill_is_claimed_a_members_is_moved",
            ),
        ),
        migrations.AddConstraint(
            model_name="billmove",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("from_member_id__isnull", True),
                    models.Q(("from_member_id", models.F("to_member_id")), _negated=True),
                    _connector="OR",
                ),
                name="a_bill_moves_to_somebody_else",
            ),
        ),
        migrations.AddConstraint(
            model_name="billmove",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("absorbed__gte", 0),
                    ("base__gte", 0),
                    ("earned__gte", 0),
                    ("earned_back__gte", 0),
                    ("step__gte", 1),
                ),
                name="a_move_takes_and_gives_whole_points",
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="billmove",
            trigger=pgtrigger.compiler.Trigger(
                name="append_only",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;",
                    hash="15d52d8dd197d5822e2520fdad0873e694dbaf30",
                    operation="UPDATE OR DELETE",
                    pgid="pgtrigger_append_only_142ad",
                    table="loyalty_billmove",
                    when="BEFORE",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="billmove",
            trigger=pgtrigger.compiler.Trigger(
                name="no_truncate",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="RAISE EXCEPTION 'rows of % are never deleted', TG_TABLE_NAME;",
                    hash="ec34c37345bf70cd97f53a5ec2baa0190a50574f",
                    level="STATEMENT",
                    operation="TRUNCATE",
                    pgid="pgtrigger_no_truncate_bbb50",
                    table="loyalty_billmove",
                    when="BEFORE",
                ),
            ),
        ),
        *(sqlfiles.run("loyalty", name, folder="ledger/sql") for name in FILES),
    ]
