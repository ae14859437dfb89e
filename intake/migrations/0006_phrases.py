from django.db import migrations

# To begin with. Staff keep the list; one that they delete does not come back.
PHRASES = (
    "kill myself", "end my life", "end it all", "want to die", "hurt myself", "suicide", "suicidal",
    "afraid of him", "afraid of her", "afraid to go home", "hits me", "not safe at home",
)  # fmt: skip


def begin(apps, schema_editor):
    phrase = apps.get_model("intake", "Phrase")
    phrase.objects.bulk_create([phrase(text=text) for text in PHRASES], ignore_conflicts=True)


class Migration(migrations.Migration):
    dependencies = [("intake", "0005_list")]

    operations = [
        migrations.AlterModelOptions(
            name="phrase",
            options={
                "ordering": ["text"],
                "verbose_name": "phrase that moves a request up",
                "verbose_name_plural": "phrases that move a request up",
            },
        ),
        migrations.RunPython(begin, migrations.RunPython.noop),
    ]
