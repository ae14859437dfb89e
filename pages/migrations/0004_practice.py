import django.core.validators
import pages.models.practice
from django.db import migrations, models


CHILDHELP = "Childhelp National Child Abuse Hotline"


def give_children_a_group(apps, schema_editor):
    """The starter's line for children moves to their group; a line that staff moved stays."""
    apps.get_model("pages", "CrisisLine").objects.filter(
        region__code="us", group="home", name=CHILDHELP
    ).update(group="child")
    Written = apps.get_model("pages", "StarterText")
    Written.objects.filter(key=f"crisisline:us:home:{CHILDHELP}").update(
        key=f"crisisline:us:child:{CHILDHELP}"
    )
    for line in Written.objects.filter(key__startswith="crisisline:"):
        line.values.setdefault("checked_on", None)  # to look at a line is to touch it
        line.values["position"] = 10 if CHILDHELP in line.key else line.values["position"]
        line.save()
    apps.get_model("pages", "CrisisLine").objects.filter(
        region__code="us", group="child", name=CHILDHELP, position=20
    ).update(position=10)


class Migration(migrations.Migration):

    dependencies = [
        ('pages', '0003_opening_once'),
    ]

    operations = [
        migrations.AlterField(
            model_name='crisisline',
            name='call',
            field=models.CharField(blank=True, help_text='Digits, in the groups in which the line says it. Leave it empty where one can only text.', max_length=15, validators=[django.core.validators.RegexValidator('^(\\d[\\d ]*)?$', 'Use digits, with spaces as the line itself writes them, and no dashes.')], verbose_name='number to call'),
        ),
        migrations.AlterField(
            model_name='crisisline',
            name='group',
            field=models.CharField(choices=[('danger', 'Someone is in danger'), ('talk', 'Talk to someone'), ('home', 'Hurt or controlled at home'), ('child', 'A child is hurt or scared'), ('more', 'Further lines')], max_length=10),
        ),
        migrations.AlterField(
            model_name='crisisline',
            name='text_number',
            field=models.CharField(blank=True, max_length=15, validators=[django.core.validators.RegexValidator('^(\\d[\\d ]*)?$', 'Use digits, with spaces as the line itself writes them, and no dashes.')], verbose_name='number to text'),
        ),
        migrations.AlterField(
            model_name='practice',
            name='security_contact',
            field=models.CharField(blank=True, help_text='For security.txt: a page or mailto: address. Empty: your phone number.', max_length=200, validators=[pages.models.practice.reachable], verbose_name='where to report a weakness'),
        ),
        migrations.RunPython(give_children_a_group, migrations.RunPython.noop),
    ]
