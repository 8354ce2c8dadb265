"""A new table of tiers is applied to everybody by night."""

import django.db.models.deletion
import uuid
from django.db import migrations, models

from events import sqlfiles


class Migration(migrations.Migration):

    dependencies = [
        ('loyalty', '0024_corrections'),
    ]

    operations = [
        migrations.CreateModel(
            name='TierTurn',
            fields=[
                ('table', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, primary_key=True, related_name='turn', serialize=False, to='loyalty.tiertable')),
                ('upto', models.UUIDField(default=uuid.UUID('00000000-0000-0000-0000-000000000000'))),
                ('rose', models.IntegerField(default=0)),
                ('begun_at', models.DateTimeField()),
                ('finished_at', models.DateTimeField(null=True)),
            ],
            options={
                'verbose_name': 'lần áp dụng bảng hạng',
            },
        ),
        migrations.RemoveConstraint(
            model_name='tierbeginning',
            name='tier_cause_is_known',
        ),
        migrations.AddConstraint(
            model_name='tierbeginning',
            constraint=models.CheckConstraint(condition=models.Q(('cause__in', ['purchase', 'return', 'move', 'override', 'import', 'table'])), name='tier_cause_is_known'),
        ),
        migrations.AddConstraint(
            model_name='tierturn',
            constraint=models.CheckConstraint(condition=models.Q(('finished_at__isnull', True), ('finished_at__gte', models.F('begun_at')), _connector='OR'), name='a_turn_ends_after_it_begins'),
        ),
        sqlfiles.run("loyalty", "05_tier.sql", folder="ledger/sql"),
        sqlfiles.run("loyalty", "12_turn_tiers.sql", folder="ledger/sql"),
    ]
