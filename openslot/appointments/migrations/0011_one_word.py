# A status has one word everywhere: choices alone, no column changes.

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('appointments', '0010_beside_the_clock'),
    ]

    operations = [
        migrations.AlterField(
            model_name='appointment',
            name='status',
            field=models.CharField(choices=[('pending', 'Request'), ('confirmed', 'Confirmed'), ('completed', 'Completed'), ('no_show', 'No-show'), ('declined', 'Declined'), ('cancelled', 'Cancelled'), ('expired', 'Expired')], max_length=9),
        ),
        migrations.AlterField(
            model_name='move',
            name='from_status',
            field=models.CharField(blank=True, choices=[('pending', 'Request'), ('confirmed', 'Confirmed'), ('completed', 'Completed'), ('no_show', 'No-show'), ('declined', 'Declined'), ('cancelled', 'Cancelled'), ('expired', 'Expired')], max_length=9),
        ),
        migrations.AlterField(
            model_name='move',
            name='to_status',
            field=models.CharField(choices=[('pending', 'Request'), ('confirmed', 'Confirmed'), ('completed', 'Completed'), ('no_show', 'No-show'), ('declined', 'Declined'), ('cancelled', 'Cancelled'), ('expired', 'Expired')], max_length=9),
        ),
    ]
