"""An index of what staff did, for the audit trail."""


from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('events', '0009_job_lapses'),
    ]

    operations = [
        migrations.AddIndex(
            model_name='event',
            index=models.Index(condition=models.Q(('by__startswith', 'user:'), models.Q(('type__in', ['member.joined', 'purchase.cancelled', 'purchase.recorded', 'purchase.returned']), _negated=True)), fields=['-id'], name='event_of_staff'),
        ),
    ]
