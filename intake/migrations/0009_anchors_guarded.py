"""Anchors, which the database guards as it guards events (0002); and no table of theirs is emptied.

PostgreSQL refuses TRUNCATE too, which no trigger on rows sees.
"""

from django.db import migrations


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
    dependencies = [("intake", "0008_inbox")]
    operations = [migrations.RunPython(make, drop)]
