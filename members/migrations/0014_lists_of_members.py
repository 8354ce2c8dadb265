"""Indexes of the dashboard's list of members."""


from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('members', "0013_personal_data"),
    ]

    operations = [
        migrations.AddIndex(
            model_name='member',
            index=models.Index(fields=['home_store_id', '-id'], name='member_of_a_store'),
        ),
        migrations.AddIndex(
            model_name='member',
            index=models.Index(fields=['joined_at'], name='member_joined'),
        ),
        migrations.AddIndex(
            model_name='member',
            index=models.Index(condition=models.Q(('status', 'active'), _negated=True), fields=['-id'], name='member_not_active'),
        ),
    ]
