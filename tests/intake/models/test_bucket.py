from datetime import UTC, datetime, timedelta
from threading import Barrier, Thread

import pytest
from django.db import connection, transaction
from django.utils import timezone

from intake.models import Bucket

HOUR = timedelta(hours=1)
NOON = datetime(2026, 11, 24, 12, 10, tzinfo=UTC)
KEY = b"k" * 16


def add(now: datetime = NOON, key: bytes = KEY) -> int:
    return Bucket.objects.add_one(key, HOUR, now)


def test_it_counts_by_key_and_by_hour(db):
    counts = [add(), add(), add(key=b"o" * 16), add(NOON + 49 * timedelta(minutes=1)), add()]
    assert counts == [1, 2, 1, 3, 4]
    assert add(NOON + 50 * timedelta(minutes=1)) == 1  # 1 pm sharp


def test_a_window_ends_with_the_hour(db):
    add()
    start = datetime(2026, 11, 24, 12, tzinfo=UTC)
    assert [(row.key, row.window_start, row.n, row.expires_at) for row in Bucket.objects.all()] == [
        (KEY, start, 1, start + HOUR)
    ]


def test_one_statement_counts(django_assert_num_queries, db):
    for _ in range(3):
        with django_assert_num_queries(1):
            add()


def test_what_is_rolled_back_was_never_counted(db):
    with transaction.atomic():
        add()
        transaction.set_rollback(True)
    assert add() == 1


@pytest.mark.django_db(transaction=True)
def test_threads_count_exactly():
    """Eight at once on a row that is not there yet, and again on one that is."""
    gate, counts = Barrier(8), []

    def run() -> None:
        gate.wait()
        for _ in range(5):
            with transaction.atomic():
                counts.append(add())
        connection.close()

    threads = [Thread(target=run) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(counts) == list(range(1, 41))


def test_only_what_is_over_is_deleted(db):
    now = timezone.now()
    add(now - HOUR)
    add(now)
    assert Bucket.objects.delete_expired() == 1
    assert add(now) == 2
