"""While machines are upgraded one by one, old code runs on the new database: it must go on.

Each migration that is younger than the ones named here is held to docs/decisions/0040.
"""

from collections.abc import Iterator

import pytest
from django.db import models
from django.db.migrations import AddField, AlterField, DeleteModel, RemoveField, operations
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.operations.base import Operation
from django.db.migrations.state import ModelState, ProjectState

# The last ones from before there was a second machine.
OLDER = {"pages": "0008_inbox", "intake": "0009_anchors_guarded"}
GONE = (RemoveField, DeleteModel, operations.RenameField, operations.RenameModel)
# In a migration of a later release than the one that stopped using it: `used_until = "0010"`.
LATER = "used_until"


def breaks(operation: Operation, before: ProjectState, app: str) -> str:
    """Why code from before this operation would fail on the database after it. '' if it goes on."""
    if isinstance(operation, GONE):
        return "takes away what old code still asks for"
    if isinstance(operation, AddField) and not may_be_left_out(operation.field):
        return "old code inserts without it: null=True or db_default"
    if isinstance(operation, AlterField):
        model = before.models[app, operation.model_name.lower()]
        old, new = model.fields[operation.name], operation.field
        if may_be_left_out(old) and not may_be_left_out(new):
            return "old code may still leave it empty"
        if kind(old) != kind(new):
            return "old code reads and writes another type"
    return ""


def may_be_left_out(field: models.Field) -> bool:
    return field.null or field.db_default is not models.NOT_PROVIDED or field.many_to_many


def kind(field: models.Field) -> str:
    """Of the column, whatever its length."""
    return field.get_internal_type()


def of_ours() -> Iterator[tuple[str, Operation, ProjectState, str]]:
    """Each operation of a younger migration, with the state before it."""
    loader = MigrationLoader(None)
    for (app, name), migration in sorted(loader.disk_migrations.items()):
        if app in OLDER and name > OLDER[app] and not hasattr(migration, LATER):
            state = loader.project_state((app, name), at_end=False)
            for operation in migration.operations:
                yield f"{app} {name}", operation, state.clone(), app
                operation.state_forwards(app, state)


def test_old_code_goes_on_after_every_migration():
    found = [(name, breaks(*each)) for name, *each in of_ours()]
    assert [(name, why) for name, why in found if why] == []


@pytest.mark.parametrize(
    ("operation", "why"),
    [
        (RemoveField("page", "title"), "takes away what old code still asks for"),
        (DeleteModel("page"), "takes away what old code still asks for"),
        (
            operations.RenameField("page", "title", "name"),
            "takes away what old code still asks for",
        ),
        (
            AddField("page", "new", models.TextField(default="")),
            "old code inserts without it: null=True or db_default",
        ),
        (AlterField("page", "note", models.TextField()), "old code may still leave it empty"),
        (
            AlterField("page", "title", models.IntegerField()),
            "old code reads and writes another type",
        ),
        (AddField("page", "new", models.TextField(null=True)), ""),
        (AddField("page", "new", models.TextField(db_default="")), ""),
        (AlterField("page", "title", models.CharField(max_length=200)), ""),
        (AlterField("page", "note", models.TextField(db_default="")), ""),
    ],
)
def test_what_breaks_old_code_is_told(operation, why):
    fields = [
        ("id", models.AutoField(primary_key=True)),
        ("title", models.CharField(max_length=100)),
        ("note", models.TextField(null=True)),
    ]
    before = ProjectState({("pages", "page"): ModelState("pages", "page", fields)})
    assert breaks(operation, before, "pages") == why
