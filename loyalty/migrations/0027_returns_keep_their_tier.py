"""A return keeps in which tier it was booked, so that its answer can be given again."""

import django.db.models.deletion
from django.db import migrations, models

from events import sqlfiles


class Migration(migrations.Migration):

    dependencies = [
        ('loyalty', '0026_bonus_events'),
    ]

    operations = [
        migrations.AddField(
            model_name='return',
            name='tier',
            field=models.ForeignKey(db_constraint=False, db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='loyalty.tier'),
        ),
        sqlfiles.run("loyalty", "06_post.sql", folder="ledger/sql"),
    ]
