from django.db import migrations, models


class Migration(migrations.Migration):
    """After 0002: PostgreSQL adds no constraint to a table whose rows just changed."""

    dependencies = [('pages', '0002_content')]

    operations = [
        migrations.AddConstraint(
            model_name='opening',
            constraint=models.UniqueConstraint(models.F('therapist'), models.F('format'), models.F('day_part'), name='opening_once'),
        ),
    ]
