"""Anchors, which the database guards as it guards events (0002); and no table of theirs is emptied.

PostgreSQL refuses TRUNCATE too, which no trigger on rows sees.
"""

import django.db.models.deletion
import intake.fields
from django.db import migrations, models


GUARDED = ["intake_anchor", "intake_anchoredevent"]
NEVER = "An anchor is never changed and never deleted."
FUNCTION = f"""
CREATE FUNCTION intake_written_once() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '{NEVER}' USING ERRCODE = 'integrity_constraint_violation';
END $$;
CREATE FUNCTION intake_not_emptied() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'A history is never emptied.' USING ERRCODE = 'integrity_constraint_violation';
END $$;
"""
ON_ROWS = """
CREATE TRIGGER {table}_written_once BEFORE UPDATE OR DELETE ON {table}
    FOR EACH ROW EXECUTE FUNCTION intake_written_once();
"""
ON_TABLE = """
CREATE TRIGGER {table}_not_emptied BEFORE TRUNCATE ON {table}
    FOR EACH STATEMENT EXECUTE FUNCTION intake_not_emptied();
"""
SQLITE = """
CREATE TRIGGER {table}_written_once BEFORE UPDATE ON {table}
BEGIN SELECT RAISE(ABORT, '%s'); END;
""" % NEVER


def make(apps, schema_editor):
    if schema_editor.connection.vendor != "postgresql":
        each(schema_editor, SQLITE, GUARDED)
        return
    schema_editor.execute(FUNCTION)
    each(schema_editor, ON_ROWS, GUARDED)
    each(schema_editor, ON_TABLE, [*GUARDED, "intake_event"])


def drop(apps, schema_editor):
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute("DROP FUNCTION intake_written_once() CASCADE")
        schema_editor.execute("DROP FUNCTION intake_not_emptied() CASCADE")
    else:
        each(schema_editor, "DROP TRIGGER {table}_written_once", GUARDED)


def each(schema_editor, sql, tables):
    for table in tables:
        schema_editor.execute(sql.format(table=table))


class Migration(migrations.Migration):

    dependencies = [
        ('intake', '0008_finding'),
    ]

    operations = [
        migrations.AlterModelOptions(
            name='contactrequest',
            options={'permissions': [('see_reports', 'Can see reports')]},
        ),
        migrations.AlterModelOptions(
            name='event',
            options={'ordering': ['stream', 'seq'], 'permissions': [('see_history', 'Can see who read what')]},
        ),
        migrations.AlterField(
            model_name='event',
            name='verb',
            field=models.CharField(choices=[('sent', 'Sent'), ('opened', 'Opened'), ('looked', 'Looked at who read what'), ('taken', 'Taken'), ('status_set', 'Status set'), ('closed', 'Closed'), ('reopened', 'Reopened'), ('noted', 'Note added'), ('released', 'Released from review'), ('wrote', 'Message written'), ('narrowed', 'Contact narrowed'), ('withdrew', 'Withdrawn'), ('erased', 'Erased'), ('asked', 'Check-in asked'), ('answered', 'Check-in answered'), ('list_ended', 'Place on the list ended')], max_length=20),
        ),
        migrations.CreateModel(
            name='Anchor',
            fields=[
                ('number', models.PositiveIntegerField(primary_key=True, serialize=False)),
                ('at', models.DateTimeField()),
                ('heads', models.PositiveIntegerField()),
                ('root', intake.fields.BytesField()),
                ('prev', intake.fields.BytesField()),
                ('mac', intake.fields.BytesField()),
            ],
            options={
                'ordering': ['number'],
                'constraints': [models.CheckConstraint(condition=models.Q(('number__gte', 1)), name='anchor_from_one')],
            },
        ),
        migrations.CreateModel(
            name='AnchoredEvent',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('stream', models.UUIDField()),
                ('seq', models.PositiveIntegerField()),
                ('mac', intake.fields.BytesField()),
                ('anchor', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='anchored', to='intake.anchor')),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('stream', 'seq'), name='anchored_event_once')],
            },
        ),
        migrations.RunPython(make, drop),
    ]
