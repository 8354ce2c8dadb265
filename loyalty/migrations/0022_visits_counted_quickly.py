"""How many bills came to a member is counted without looking at each one's returns and moves."""

from django.db import migrations

from events import sqlfiles


class Migration(migrations.Migration):
    dependencies = [("loyalty", "0021_bonus_rules")]

    operations = [sqlfiles.run("loyalty", "02_open.sql", folder="ledger/sql")]
