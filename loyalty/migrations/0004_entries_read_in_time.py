"""A block range index for reading a period of the ledger, and the view under which a page may name an entry."""

import django.contrib.postgres.indexes
import django.db.models.deletion
from django.db import migrations, models

VIEW = """
CREATE VIEW loyalty_entryrow AS
SELECT member_id::text || ':' || seq AS id, member_id, seq, kind, available, pending, held, debt, available_after,
       pending_after, held_after, debt_after, effective_at, recorded_at, by, store_id, purchase_id, return_id,
       reverses_seq, reason, request_id
FROM loyalty_entry
"""


class Migration(migrations.Migration):
    dependencies = [("loyalty", "0003_ledger")]

    operations = [
        migrations.AddIndex(
            model_name="entry",
            index=django.contrib.postgres.indexes.BrinIndex(
                autosummarize=True,
                fields=["recorded_at", "effective_at"],
                name="entry_in_time",
            ),
        ),
        migrations.RunSQL(VIEW, "DROP VIEW loyalty_entryrow"),
        migrations.CreateModel(
            name="EntryRow",
            fields=[
                ("id", models.TextField(primary_key=True, serialize=False)),
                ("member_id", models.UUIDField()),
                ("seq", models.IntegerField()),
                (
                    "kind",
                    models.TextField(
                        choices=[
                            ("earn", "earn"),
                            ("spend", "spend"),
                            ("spend_return", "spend_return"),
                            ("expire", "expire"),
                            ("reinstate", "reinstate"),
                            ("clawback", "clawback"),
                            ("absorb", "absorb"),
                            ("adjust", "adjust"),
                            ("opening", "opening"),
                        ],
                        verbose_name="loại",
                    ),
                ),
                ("available", models.BigIntegerField()),
                ("pending", models.BigIntegerField()),
                ("held", models.BigIntegerField()),
                ("debt", models.BigIntegerField()),
                ("available_after", models.BigIntegerField()),
                ("pending_after", models.BigIntegerField()),
                ("held_after", models.BigIntegerField()),
                ("debt_after", models.BigIntegerField()),
                ("effective_at", models.DateTimeField(verbose_name="tính từ")),
                ("recorded_at", models.DateTimeField(verbose_name="ghi lúc")),
                ("by", models.TextField(verbose_name="người ghi")),
                ("purchase_id", models.UUIDField(null=True)),
                ("return_id", models.UUIDField(null=True)),
                ("reverses_seq", models.IntegerField(null=True)),
                ("reason", models.TextField(verbose_name="lý do")),
                ("request_id", models.TextField()),
            ],
            options={
                "verbose_name": "dòng sổ điểm",
                "verbose_name_plural": "sổ điểm",
                "db_table": "loyalty_entryrow",
                "managed": False,
            },
        ),
    ]
