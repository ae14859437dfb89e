import threading

import pytest

from practice_site import memory
from practice_site.answers import Answer, Page
from practice_site.memory import Memory, NewestMemory


class Clock:
    """Stands in for the module `time`."""

    def __init__(self):
        self.now = 1000.0

    def monotonic(self):
        self.now += 0.000_001
        return self.now


@pytest.fixture
def clock(monkeypatch):
    monkeypatch.setattr(memory, "time", Clock())
    return memory.time


def page(size: int) -> Page:
    return Page("200 OK", {"identity": Answer([], [], b"x" * size, '"a"')})


def test_least_recently_used_goes_first(clock, monkeypatch):
    monkeypatch.setattr(memory, "MOST_PAGES", 3)
    kept = Memory()
    for path in ("/a/", "/b/", "/c/"):
        kept.keep(path, page(1))
    assert kept.get("/a/")
    kept.keep("/d/", page(1))
    assert sorted(kept.pages) == ["/a/", "/c/", "/d/"]


def test_bytes_are_bounded_too(clock, monkeypatch):
    monkeypatch.setattr(memory, "MOST_BYTES", 100)
    kept = Memory()
    for path in ("/a/", "/b/", "/c/"):
        kept.keep(path, page(40))
    assert (sorted(kept.pages), kept.size) == (["/b/", "/c/"], 80)


def test_page_made_twice_counts_once(clock, monkeypatch):
    monkeypatch.setattr(memory, "MOST_BYTES", 100)
    kept = Memory()
    for path in ("/a/", "/b/", "/b/", "/b/"):
        kept.keep(path, page(40))
    assert (sorted(kept.pages), kept.size) == (["/a/", "/b/"], 80)


def test_page_over_the_bound_is_not_kept(clock, monkeypatch):
    monkeypatch.setattr(memory, "MOST_BYTES", 100)
    kept = Memory()
    kept.keep("/a/", page(101))
    assert kept.pages == {}


def test_bounds_hold_with_many_threads(monkeypatch):
    monkeypatch.setattr(memory, "MOST_PAGES", 5)
    kept, broken = Memory(), []

    def read_and_keep(number):
        try:
            for turn in range(300):
                path = f"/{(number * 7 + turn) % 11}/"
                kept.get(path) or kept.keep(path, page(1))
                if len(kept.pages) > 6:  # one more for a moment, under the lock of who keeps it
                    broken.append(len(kept.pages))
        except Exception as error:
            broken.append(error)

    together(*(lambda n=n: read_and_keep(n) for n in range(8)))
    assert (broken, len(kept.pages)) == ([], 5)


def together(*each_does):
    threads = [threading.Thread(target=does) for does in each_does]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)


class Revision:
    """What is asked for the revision; counts how often, and may be held up."""

    def __init__(self):
        self.now, self.asked = 1, 0
        self.is_asked, self.may_answer = threading.Event(), threading.Event()
        self.may_answer.set()

    def __call__(self):
        self.asked += 1
        number = self.now
        self.is_asked.set()
        self.may_answer.wait(30)
        return number


@pytest.fixture
def revision():
    return Revision()


@pytest.fixture
def newest(clock, revision):
    return NewestMemory(revision)


def test_looks_twice_a_second_at_most(newest, revision, clock):
    for _ in range(100):
        newest()
        clock.now += 0.1
    assert revision.asked == 20


def test_same_revision_keeps_the_memory(newest, revision, clock):
    first = newest()
    clock.now += 60
    assert newest() is first
    assert revision.asked == 2


@pytest.mark.parametrize("number", [0, 2])
def test_another_revision_drops_all_within_a_second(newest, revision, clock, number):
    """A lower one too: a backup may have been restored."""
    first = newest()
    first.keep("/a/", page(1))
    revision.now = number
    clock.now += 0.9
    assert (newest().pages, newest() is first) == ({}, False)


def test_unknown_revision_keeps_what_is_there(newest, revision, clock):
    first = newest()
    revision.now = None
    clock.now += 60
    assert newest() is first


def test_what_changed_while_nothing_was_known_is_found_at_the_next_look(newest, revision, clock):
    first = newest()
    revision.now = None
    for _ in range(5):
        clock.now += 10
        assert newest() is first
    revision.now = 2
    clock.now += 0.9
    assert newest() is not first


def held_up(newest, revision):
    """A thread that looks and does not come to an end until `revision.may_answer` is set."""
    revision.is_asked.clear()
    revision.may_answer.clear()
    looking = threading.Thread(target=newest)
    looking.start()
    assert revision.is_asked.wait(30)
    return looking


def test_nobody_waits_for_a_look_while_the_last_is_fresh(newest, revision, clock):
    first = newest()
    clock.now += 0.6
    looking = held_up(newest, revision)
    assert newest() is first
    revision.may_answer.set()
    looking.join(30)


def test_after_a_quiet_hour_everyone_waits_for_the_look(newest, revision, clock):
    """Else whoever comes second would be given what was there an hour ago."""
    first, seen = newest(), []
    clock.now += 3600
    revision.now = 2
    looking = held_up(newest, revision)
    second = threading.Thread(target=lambda: seen.append(newest()))
    second.start()
    second.join(0.2)
    assert seen == []
    revision.may_answer.set()
    together(looking.join, second.join)
    assert [memory is first for memory in seen] == [False]
    assert revision.asked == 2


def test_database_that_hangs_is_waited_for_once(newest, revision, clock, monkeypatch):
    monkeypatch.setattr(memory, "PATIENCE_SECONDS", 0.01)
    first = newest()
    clock.now += 3600
    looking = held_up(newest, revision)
    assert newest() is first
    monkeypatch.setattr(memory, "PATIENCE_SECONDS", 30)
    assert newest() is first  # at once, or this test would take half a minute
    assert looking.is_alive()
    revision.may_answer.set()
    looking.join(30)


def test_look_that_breaks_is_tried_again(newest, revision, clock):
    first = newest()
    clock.now += 1
    newest.revision = lambda: 1 / 0
    with pytest.raises(ZeroDivisionError):
        newest()
    newest.revision, revision.now = revision, 2
    assert newest() is not first
