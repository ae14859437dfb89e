import os
import stat
import time
from datetime import UTC, datetime, timedelta

import pytest

from intake.backup import kept

NOW = datetime(2026, 11, 29, 2, 0, 7, tzinfo=UTC)
KEY = "9f3c71d02b5a44e8"
DAY = timedelta(days=1)


@pytest.fixture
def folder(identity, settings):
    settings.BACKUP_DIR.mkdir()
    return settings.BACKUP_DIR


def lay(folder, *ages: float) -> list[str]:
    names = [kept.name_of(NOW - age * DAY, KEY) for age in ages]
    for name in names:
        (folder / name).touch()
    return names


def test_a_name_says_when_and_under_which_key(folder):
    (name,) = lay(folder, 0)
    assert name == "backup-2026-11-29T02-00-07Z-9f3c71d02b5a44e8.age"
    assert [(each.path.name, each.made_at) for each in kept.files()] == [(name, NOW)]


def test_old_ones_go_before_they_outlive_what_people_were_told(folder, practice):
    names = lay(folder, 0, 33, 34.5, 35, 400)
    (folder / "holiday.age").touch()
    (folder / "erasures.log").touch()
    assert kept.life() == 35 * DAY
    assert kept.remove_old(NOW) == 3
    assert sorted(path.name for path in folder.iterdir()) == sorted(
        [*names[:2], "holiday.age", "erasures.log"]
    )


def test_their_life_is_the_practice_s_number(folder, practice):
    type(practice).objects.update(backups_kept_days=7)
    lay(folder, 0, 5, 6)
    assert (kept.life(), kept.remove_old(NOW)) == (7 * DAY, 1)


def test_no_folder_holds_none(identity, db):
    assert (kept.files(), kept.remove_old(NOW)) == ([], 0)


def test_a_file_is_there_when_it_is_whole_and_for_its_owner_alone(identity, settings):
    with kept.written("backup-a.age") as file:
        file.write(b"half")
        assert not (settings.BACKUP_DIR / "backup-a.age").exists()
        file.write(b" and half")
    path = settings.BACKUP_DIR / "backup-a.age"
    assert path.read_bytes() == b"half and half"
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700
    assert list(path.parent.iterdir()) == [path]


def write_half() -> None:
    with kept.written("backup-a.age") as file:
        file.write(b"half")
        raise OSError("No space left on device")


def test_what_failed_leaves_nothing_half(identity, settings):
    with pytest.raises(OSError, match="No space"):
        write_half()
    assert list(settings.BACKUP_DIR.iterdir()) == []


def test_a_part_that_was_left_by_a_killed_one_is_removed(folder):
    left, at_work = folder / "backup-b.age.part", folder / "backup-c.age.part"
    for each in (left, at_work):
        each.touch()
    os.utime(left, times=(time.time() - 3700,) * 2)
    with kept.written("backup-a.age"):
        assert (left.exists(), at_work.exists()) == (False, True)
