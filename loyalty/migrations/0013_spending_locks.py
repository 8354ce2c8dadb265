"""A member's lock is read with the account, and honoured by what takes points away."""

from django.db import migrations

from events import sqlfiles


class Migration(migrations.Migration):
    dependencies = [
        ("loyalty", "0012_logo"),
        ("members", "0011_spending_locks_and_pins"),
    ]

    operations = [
        sqlfiles.run("loyalty", "02_open.sql", folder="ledger/sql"),
        sqlfiles.run("loyalty", "06_post.sql", folder="ledger/sql"),
        migrations.RunSQL(
            "DROP FUNCTION IF EXISTS loyalty_standing(text, text, boolean, timestamptz, interval);",
            migrations.RunSQL.noop,
        ),
        sqlfiles.run("loyalty", "08_standing.sql", folder="ledger/sql"),
    ]
