"""Columns that hold ciphertext, and what opens them.

A `SealedTextField` takes text and keeps bytes: text is sealed when the row is saved, and opened
when it is read, with a key that the row gives (`row_key`). Nothing sealed is opened by loading a
row, and nothing here shows text by itself: not in `repr`, not in `dumpdata`, not in a lookup.
"""

import base64
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any, Self

from django.core.exceptions import FieldError
from django.db import models
from django.db.models.query_utils import DeferredAttribute

from intake.encryption import RowKey

if TYPE_CHECKING:
    # Generic in the stubs only.
    BytesColumn = models.BinaryField[bytes | None, Any]
    SealedColumn = models.BinaryField[str | None, str]
else:
    BytesColumn = SealedColumn = models.BinaryField


class BytesField(BytesColumn):
    """A BinaryField that gives bytes on every database (psycopg2 gives a memoryview)."""

    def from_db_value(self, value: Any, *_: Any) -> bytes | None:
        return None if value is None else bytes(value)


class Sealed:
    """Ciphertext as it stands in the column."""

    __slots__ = ("content",)

    def __init__(self, content: bytes) -> None:
        self.content = content

    def __repr__(self) -> str:
        return f"<sealed: {len(self.content)} bytes>"


class Unsealed:
    """Text that waits to be sealed at the next save."""

    __slots__ = ("text",)

    def __init__(self, text: str) -> None:
        self.text = text

    def __repr__(self) -> str:
        return "<text, not yet sealed>"


class SealedRow(models.Model):
    """A row with sealed columns, and where their keys come from."""

    class Meta:
        abstract = True

    def row_key(self, purpose: str) -> RowKey:
        """The key for 'identity' or 'words'. Raises WrongKey where it cannot be opened."""
        raise NotImplementedError

    @classmethod
    def sealed_columns(cls) -> list[str]:
        return [f.attname for f in cls._meta.concrete_fields if isinstance(f, SealedTextField)]

    def seal(self) -> None:
        """What waits for the next save, at once."""
        for field in self._meta.concrete_fields:
            if isinstance(field, SealedTextField):
                field.pre_save(self, add=True)

    def ciphertext(self, name: str) -> Sealed | Unsealed | None:
        """A sealed column as it stands, unopened. What is not loaded is read at once, together."""
        if name not in self.__dict__:
            missing = [each for each in self.sealed_columns() if each not in self.__dict__]
            rows = type(self)._base_manager.using(self._state.db).filter(pk=self.pk)
            self.__dict__.update(rows.values(*missing).get())
        value: Sealed | Unsealed | None = self.__dict__[name]
        return value

    def refresh_from_db(
        self,
        using: str | None = None,
        fields: Iterable[str] | None = None,
        from_queryset: models.QuerySet[Self] | None = None,
    ) -> None:
        """Django would open each text and set it anew: forget it, and read it when asked for."""
        names = set(fields) if fields is not None else None
        for name in self.sealed_columns():
            if names is None or name in names:
                self.__dict__.pop(name, None)
        clear = None if names is None else names - set(self.sealed_columns())
        super().refresh_from_db(using, clear, from_queryset)


class SealedText(DeferredAttribute):
    """Opens on reading, keeps on writing."""

    field: "SealedTextField"

    def __get__(self, row: Any, owner: Any = None) -> Any:
        if row is None:
            return self
        value = row.ciphertext(self.field.attname)
        if isinstance(value, Sealed):
            return self.field.open(row, value)
        return "" if value is None else value.text

    def __set__(self, row: SealedRow, value: Any) -> None:
        if isinstance(value, str):
            value = Unsealed(value)
        elif value is not None and not isinstance(value, Sealed | Unsealed):
            raise TypeError(f"{self.field.name} takes text.")
        row.__dict__[self.field.attname] = value


class SealedTextField(SealedColumn):
    """Text in the program, ciphertext in the database. NULL is what a purge leaves; it reads ''."""

    descriptor_class = SealedText

    def __init__(self, *args: Any, key: str, **kwargs: Any) -> None:
        self.key = key
        super().__init__(*args, **{**kwargs, "null": True})

    def deconstruct(self) -> Any:
        name, path, args, kwargs = super().deconstruct()
        return name, path, args, {**kwargs, "key": self.key}

    def open(self, row: SealedRow, sealed: Sealed) -> str:
        return row.row_key(self.key).open(sealed.content, *self._place(row))

    def pre_save(self, row: Any, add: bool) -> Sealed | None:
        value: Sealed | Unsealed | None = row.ciphertext(self.attname)
        if isinstance(value, Unsealed):
            value = Sealed(row.row_key(self.key).seal(value.text, *self._place(row)))
            row.__dict__[self.attname] = value
        return value

    def from_db_value(self, value: Any, *_: Any) -> Sealed | None:
        return None if value is None else Sealed(bytes(value))

    def get_db_prep_value(self, value: Any, connection: Any, prepared: bool = False) -> Any:
        """Only what was sealed goes to the database: text in a query would land in its log."""
        if isinstance(value, Sealed):
            value = value.content
        elif value is not None:
            raise TypeError(f"{self.name} is sealed: assign the text and save the row.")
        return super().get_db_prep_value(value, connection, prepared)

    def get_lookup(self, lookup_name: str) -> Any:
        if lookup_name != "isnull":
            raise FieldError(f"{self.name} is sealed: it cannot be searched.")
        return super().get_lookup(lookup_name)

    def get_transform(self, lookup_name: str) -> Any:
        raise FieldError(f"{self.name} is sealed: it cannot be searched.")

    def value_from_object(self, row: Any) -> Any:
        """For dumps and forms: never the text."""
        return row.ciphertext(self.attname)

    def value_to_string(self, row: Any) -> str:
        value = self.value_from_object(row)
        return base64.b64encode(value.content).decode() if isinstance(value, Sealed) else ""

    def _place(self, row: SealedRow) -> tuple[str, str, str]:
        return row._meta.db_table, self.attname, str(row.pk)
