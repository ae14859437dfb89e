"""A kept version beside what stands there now, in words."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.db.models import Field, ForeignKey, ManyToManyField, Model
from django.utils.text import capfirst
from reversion.models import Version

from pages.models import Practice

# What is part of a row and has no history of its own: the names of the relations.
PARTS: dict[type[Model], tuple[str, ...]] = {Practice: ("opening_hours", "holidays")}
SKIPPED = {"id", "version"}


@dataclass(frozen=True)
class Change:
    label: str
    then: str
    now: str


def changes(version: Version, now: Model | None) -> list[Change]:
    """What is different, and all of it where the row is gone."""
    found = [*_fields(version, now), *_parts(version, now)]
    return [each for each in found if each.then != each.now]


def parts_then(version: Version) -> list[Model]:
    """The rows that belonged to it then, such as the hours of a practice, in their order."""
    model = version.content_type.model_class()
    links = {
        relation.related_model: relation.field.attname
        for relation in (model._meta.get_field(name) for name in PARTS.get(model, ()))
    }
    others = version.revision.version_set.select_related("content_type").exclude(pk=version.pk)
    parts = [
        part(**other.field_dict)
        for other in others
        if (part := other.content_type.model_class()) in links
        and str(other.field_dict[links[part]]) == version.object_id
    ]
    return sorted(parts, key=_place)


def _place(part: Model) -> tuple[str, list[Any]]:
    """Kind by kind, each in its own order."""
    return part._meta.label, [getattr(part, str(name)) for name in part._meta.ordering or ()]


def _fields(version: Version, now: Model | None) -> Iterator[Change]:
    model, then = version.content_type.model_class(), version.field_dict
    for field in (*model._meta.fields, *model._meta.many_to_many):
        if field.name not in SKIPPED and field.attname in then:
            label = capfirst(str(field.verbose_name))
            yield Change(label, _said(field, then[field.attname]), _now(field, now))


def _now(field: Field, now: Model | None) -> str:
    if now is None:
        return ""
    if isinstance(field, ManyToManyField):
        return _said(field, [row.pk for row in getattr(now, field.name).all()])
    return _said(field, getattr(now, field.attname))


def _said(field: Field, value: Any) -> str:
    if isinstance(field, ForeignKey | ManyToManyField):
        keys = [int(key) for key in (value if isinstance(value, list) else [value]) if key]
        rows = field.related_model._default_manager.in_bulk(keys)
        return ", ".join(str(rows.get(key, "something deleted since")) for key in sorted(keys))
    if isinstance(value, list):
        return ", ".join(str(dict(field.choices or ()).get(each, each)) for each in value)
    if isinstance(value, bool):
        return "Yes" if value else "No"
    return str(dict(field.flatchoices).get(value, "" if value is None else value))


def _parts(version: Version, now: Model | None) -> Iterator[Change]:
    model, parts = version.content_type.model_class(), parts_then(version)
    for name in PARTS.get(model, ()):
        part = model._meta.get_field(name).related_model
        then = [str(each) for each in parts if isinstance(each, part)]
        current = [str(each) for each in getattr(now, name).all()] if now else []
        label = capfirst(str(part._meta.verbose_name_plural))
        yield Change(label, "\n".join(then), "\n".join(current))
