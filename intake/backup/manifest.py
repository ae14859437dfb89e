"""What a backup says of itself, in its first line: enough to tell whether it fits here."""

import json
from dataclasses import asdict, dataclass
from datetime import datetime

from django.db import connection
from django.db.migrations.recorder import MigrationRecorder

from intake.backup.age import Unusable
from intake.models import Anchor, Erasure, Key

FORMAT = 1
# A first line that is longer is none of ours.
LONGEST = 64 * 1024
NO_BACKUP = "This file opens, but it is no backup of this software."


@dataclass(frozen=True)
class Manifest:
    """`keys` seal what is in it, the primary first. `erasures` is how many were written down by
    then, so a log with fewer is not the newest. `anchor` shows where an end was cut off."""

    made_at: str
    database: str
    keys: list[str]
    anchor: str
    erasures: int
    migrations: list[str]
    format: int = FORMAT

    @classmethod
    def of_now(cls, now: datetime) -> "Manifest":
        """Read just before the database itself: whatever moves meanwhile has only gone further."""
        newest = Anchor.objects.newest()
        keys = Key.objects.filter(retired_at=None).order_by("-is_primary", "-created_at")
        return cls(
            made_at=now.isoformat(),
            database=connection.vendor,
            keys=list(keys.values_list("fingerprint", flat=True)),
            anchor=newest.short if newest else "",
            erasures=Erasure.objects.exclude(logged_at=None).count(),
            migrations=sorted(".".join(each) for each in applied()),
        )

    @classmethod
    def read(cls, line: bytes) -> "Manifest":
        """Raises Unusable."""
        try:
            found = cls(**json.loads(line))
        except (ValueError, TypeError) as error:
            raise Unusable(NO_BACKUP) from error
        if found.format != FORMAT:
            raise Unusable(f"This backup is of format {found.format}, which is not known here.")
        return found

    @property
    def line(self) -> bytes:
        return json.dumps(asdict(self)).encode() + b"\n"

    @property
    def primary(self) -> str:
        return self.keys[0] if self.keys else ""


def applied() -> set[tuple[str, str]]:
    return set(MigrationRecorder(connection).applied_migrations())
