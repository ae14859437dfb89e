"""The database itself refuses to change an event.

PostgreSQL refuses UPDATE and DELETE; the events of samples and heartbeats may be deleted with
them. SQLite refuses UPDATE only, because its tests empty tables with DELETE. A later migration
that alters this table drops the trigger on SQLite (the table is remade): call `make` again there.
"""

from django.db import migrations

POSTGRESQL = """
CREATE FUNCTION intake_event_append_only() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' AND OLD.kind IN ('sample', 'heartbeat') THEN
        RETURN OLD;
    END IF;
    RAISE EXCEPTION 'An event is never changed and never deleted.'
        USING ERRCODE = 'integrity_constraint_violation';
END $$;
CREATE TRIGGER intake_event_append_only BEFORE UPDATE OR DELETE ON intake_event
    FOR EACH ROW EXECUTE FUNCTION intake_event_append_only();
"""
SQLITE = """
CREATE TRIGGER intake_event_append_only BEFORE UPDATE ON intake_event
BEGIN SELECT RAISE(ABORT, 'An event is never changed and never deleted.'); END;
"""


def make(apps, schema_editor):
    vendor = schema_editor.connection.vendor
    schema_editor.execute(POSTGRESQL if vendor == "postgresql" else SQLITE)


def drop(apps, schema_editor):
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute("DROP FUNCTION intake_event_append_only() CASCADE")
    else:
        schema_editor.execute("DROP TRIGGER intake_event_append_only")


class Migration(migrations.Migration):
    dependencies = [("intake", "0001_initial")]
    operations = [migrations.RunPython(make, drop)]
