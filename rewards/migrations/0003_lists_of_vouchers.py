"""Indexes of the dashboard's lists of vouchers: of a kind, taken out of use, by the end of the code."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("rewards", "0002_vouchers_given_by_hand"),
    ]

    operations = [
        migrations.AddIndex(
            model_name="voucher",
            index=models.Index(fields=["definition", "id"], name="voucher_of_a_kind"),
        ),
        migrations.AddIndex(
            model_name="voucher",
            index=models.Index(condition=models.Q(("voided_at__isnull", False)), fields=["id"], name="voucher_voided"),
        ),
        migrations.AddIndex(
            model_name="voucher",
            index=models.Index(fields=["last4"], name="voucher_ends_in"),
        ),
    ]
