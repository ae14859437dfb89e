import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


def ask_again(apps, schema_editor):
    """Which edition someone confirmed was not kept before, so they confirm once more."""
    apps.get_model("pages", "Page").objects.update(confirmed_by=None, confirmed_on=None)


class Migration(migrations.Migration):
    dependencies = [
        ("pages", "0005_words"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.RemoveConstraint(model_name="page", name="page_confirmed_by_someone"),
        migrations.AddField(
            model_name="page",
            name="confirmed_edition",
            field=models.ForeignKey(
                blank=True,
                editable=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="pages.edition",
            ),
        ),
        migrations.RunPython(ask_again, migrations.RunPython.noop),
        migrations.AddConstraint(
            model_name="page",
            constraint=models.CheckConstraint(
                condition=models.Q(confirmed_by=None, confirmed_on=None, confirmed_edition=None)
                | models.Q(
                    confirmed_by__isnull=False,
                    confirmed_on__isnull=False,
                    confirmed_edition__isnull=False,
                ),
                name="page_confirmed_by_someone",
            ),
        ),
        migrations.AlterField(
            model_name="attestation", name="on", field=models.DateField()
        ),
    ]
