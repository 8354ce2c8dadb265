"""Indexes of the dashboard's lists of bills by day and of the members of a tier."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("loyalty", "0014_notice_of_the_programme"),
    ]

    operations = [
        migrations.RemoveIndex(
            model_name="purchase",
            name="purchase_of_a_day",
        ),
        migrations.AddIndex(
            model_name="account",
            index=models.Index(fields=["tier", "member_id"], name="account_of_a_tier"),
        ),
        migrations.AddIndex(
            model_name="purchase",
            index=models.Index(fields=["business_date", "store"], name="purchase_by_day"),
        ),
    ]
