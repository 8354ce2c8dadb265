"""The ledger's SQL functions, and room on the account's pages for updates in place."""

from django.db import migrations

from events import sqlfiles

FILES = (
    "01_book_due.sql",
    "02_open.sql",
    "03_verbs.sql",
    "04_reverse.sql",
    "05_tier.sql",
    "06_post.sql",
    "07_balance.sql",
)


class Migration(migrations.Migration):
    dependencies = [
        ("loyalty", "0002_overrides_and_proof"),
        ("members", "0001_first"),
        ("events", "0002_record_function"),
    ]

    operations = [
        migrations.RunSQL(
            "ALTER TABLE loyalty_account SET (fillfactor = 70); ALTER TABLE loyalty_lot SET (fillfactor = 85);",
            "ALTER TABLE loyalty_account RESET (fillfactor); ALTER TABLE loyalty_lot RESET (fillfactor);",
        ),
        *(sqlfiles.run("loyalty", name, folder="ledger/sql") for name in FILES),
    ]
