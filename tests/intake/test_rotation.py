"""Sealing anew: in batches, by primary key, beside people who send and requests that are purged."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from intake import rotation
from intake.encryption import keyring
from intake.models import ContactRequest, Event, Key
from intake.rotation import PURPOSES, Resealed, reseal, to_reseal
from tests.intake.conftest import CANARY, at_once


@pytest.fixture
def ring(practice, settings):
    """With a new primary, which the settings hold too. What was there is sealed to the old one."""
    made = keyring().with_new_primary()
    Key.objects.announce(made)
    settings.INTAKE_PUBLIC_KEYS = list(made.public.values())
    settings.INTAKE_PRIVATE_KEYS = list(made.private.values())
    return made


@pytest.fixture
def old(make_request):
    """Five requests; asked for before `ring`."""
    return [make_request() for _ in range(5)]


def under(ring) -> set[tuple[str, str]]:
    return set(ContactRequest.objects.values_list("identity_key", "words_key"))


def words_purged(rows) -> None:
    nothing = dict.fromkeys(("words_key", "sealed_words_key", "message", "needs", "answers_mac"))
    rows.update(**nothing, words_purged_at=timezone.now())


@pytest.mark.parametrize("batch", [1, 2, 5, 100])
def test_every_batch_is_sealed_anew(old, ring, monkeypatch, batch):
    monkeypatch.setattr(rotation, "BATCH", batch)
    assert reseal(ring) == Resealed(done=10, left=0)
    assert under(ring) == {(ring.primary, ring.primary)}
    assert {row.message for row in ContactRequest.objects.all()} == {CANARY}
    assert [Event.verify(row.pk) for row in old] == [[]] * 5
    assert not to_reseal(ring).exists()


def test_a_second_run_finds_nothing_to_do(old, ring):
    reseal(ring)
    with CaptureQueriesContext(
        connection,
    ) as queries:
        assert reseal(ring) == Resealed()
    assert [q["sql"] for q in queries if "UPDATE" in q["sql"]] == []


def test_a_run_that_is_cut_off_goes_on_where_it_was(old, ring, monkeypatch):
    monkeypatch.setattr(rotation, "BATCH", 2)
    written = rotation._write
    calls = []

    def cut_off(batch, result):
        calls.append(len(batch))
        if len(calls) == 2:
            raise KeyboardInterrupt
        written(batch, result)

    monkeypatch.setattr(rotation, "_write", cut_off)
    with pytest.raises(KeyboardInterrupt):
        reseal(ring)
    assert to_reseal(ring).count() == 3
    assert reseal(ring) == Resealed(done=6, left=0)


def test_one_of_two_keys_may_be_gone(old, ring):
    old[0].erase()
    assert reseal(ring) == Resealed(done=8, left=0)


def test_what_is_purged_while_it_is_sealed_stays_purged(old, ring, monkeypatch):
    """The other key of that request has its turn all the same."""
    written = rotation._write
    gone = ContactRequest.objects.filter(pk=old[2].pk)

    def purged_first(batch, result):
        words_purged(gone)
        written(batch, result)

    monkeypatch.setattr(rotation, "_write", purged_first)
    assert reseal(ring) == Resealed(done=9, left=0)
    row = gone.get()
    assert (row.sealed_words_key, row.words_key_id) == (None, None)
    assert row.identity_key_id == ring.primary
    assert row.preferred_name == "Robin"


def test_what_does_not_open_is_left_and_counted(old, ring, settings):
    ContactRequest.objects.filter(pk=old[0].pk).update(sealed_words_key=b"\x01" + b"x" * 90)
    assert reseal(ring) == Resealed(done=9, left=1)
    assert to_reseal(ring).count() == 1


def test_a_batch_is_read_and_sealed_before_anything_is_locked(old, ring, monkeypatch):
    """On SQLite whoever sends waits while a batch is written, so that is all that is done then."""
    sealed_anew = type(ring).sealed_anew
    blocks = connection.in_atomic_block  # the test's own

    def seal(*arguments):
        depth.append(len(connection.savepoint_ids))
        return sealed_anew(*arguments)

    depth: list[int] = []
    outside = len(connection.savepoint_ids)
    monkeypatch.setattr(type(ring), "sealed_anew", seal)
    reseal(ring)
    assert (blocks, set(depth)) == (True, {outside})


def test_a_request_takes_one_write_and_batches_two_more_questions(old, ring, monkeypatch):
    monkeypatch.setattr(rotation, "BATCH", 5)
    with CaptureQueriesContext(connection) as queries:
        reseal(ring)
    said = [q["sql"].split()[0] for q in queries]
    assert said.count("UPDATE") == 5
    assert said.count("SELECT") == 3  # how many, one batch, and that there is no other


@pytest.mark.django_db(transaction=True)
def test_people_send_while_it_is_sealed_anew(old, ring, make_request, monkeypatch):
    """And what they send is whole, under whichever key, and sealed anew by the next run."""
    monkeypatch.setattr(rotation, "BATCH", 1)
    results = at_once(
        lambda: reseal(ring),
        lambda: reseal(ring),  # someone else on another machine
        lambda: [make_request().pk for _ in range(5)],
    )
    assert [each for each in results if isinstance(each, Exception)] == []
    assert results[0].done + results[1].done == 10
    reseal(ring)
    assert under(ring) == {(ring.primary, ring.primary)}
    assert [row.message for row in ContactRequest.objects.all()] == [CANARY] * 10


def test_counts_are_of_every_key(old, ring):
    words_purged(ContactRequest.objects.filter(pk=old[0].pk))
    before = {(c.key.pk, c.identity, c.words, c.opens) for c in rotation.counts(ring)}
    (oldest,) = (key for key in ring.public if key != ring.primary)
    assert before == {(oldest, 5, 4, True), (ring.primary, 0, 0, True)}
    reseal(ring)
    after = {(c.key.pk, c.identity, c.words) for c in rotation.counts(ring)}
    assert after == {(oldest, 0, 0), (ring.primary, 5, 4)}


def test_every_sealed_key_of_a_request_has_its_turn():
    """A third one would stay under the old key for ever."""
    columns = {f.name for f in ContactRequest._meta.concrete_fields}
    sealed = {name for name in columns if name.startswith("sealed_")}
    assert sealed == {f"sealed_{purpose}_key" for purpose in PURPOSES}
