"""A practice that takes requests, people who read them, and someone who writes."""

import secrets
from collections.abc import Callable
from datetime import time, timedelta
from threading import Barrier, Thread
from typing import Any

import hypothesis
import pytest
from django.contrib.auth.models import Permission, User
from django.db import connection
from django.utils import timezone

from intake.encryption import keyring
from intake.models import Answers, ContactRequest, FormToken, Heartbeat, Key
from pages.models import OpeningHours, Practice, Region

# A busy machine is no failure.
hypothesis.settings.register_profile(
    "intake", deadline=None, suppress_health_check=[hypothesis.HealthCheck.too_slow]
)
hypothesis.settings.load_profile("intake")

# Whatever else shows it, ciphertext and the staff page must be the only ones.
CANARY = "canary-7f3a-words"


@pytest.fixture
def practice(db: None) -> Practice:
    """Monday to Friday, 9 to 5 in Oregon, two working days; its key is registered."""
    region = Region.objects.create(code="us", name="United States")
    practice = Practice.objects.create(
        name="Juniper House",
        phone="(503) 555-0142",
        region=region,
        time_zone="America/Los_Angeles",
        promise_working_days=2,
        service_states=["Oregon"],
        channels=["call", "text", "email", "own"],
    )
    for weekday in range(5):
        OpeningHours.objects.create(
            practice=practice, weekday=weekday, opens=time(9), closes=time(17)
        )
    Key.objects.register_primary(keyring())
    return practice


@pytest.fixture(autouse=True)
def no_beat_known() -> None:
    """A process keeps the last one it saw: each test begins as a new process."""
    Heartbeat.objects.newest = None


@pytest.fixture
def worker_alive(practice: Practice) -> None:
    """And known to be."""
    Heartbeat.objects.beat()
    Heartbeat.objects.seen_since(timezone.now())


@pytest.fixture
def staff_user(practice: Practice) -> User:
    """May read requests."""
    return reader("dana")


def reader(name: str, **facts: Any) -> User:
    user = User.objects.create_user(
        name, f"{name}@practice.example", "a long password 42", is_staff=True, **facts
    )
    user.user_permissions.add(Permission.objects.get(codename="view_contactrequest"))
    return user


def make_answers(**answers: Any) -> Answers:
    usual = {
        "preferred_name": "Robin",
        "seeking_for": "me",
        "adult": "yes",
        "location": "here",
        "contact_method": "call",
        "phone": "(503) 555-0187",
        "message": CANARY,
    }
    return Answers(**{**usual, **answers})


def make_token(**facts: Any) -> FormToken:
    usual = {
        "send_key": secrets.token_bytes(32),
        "made_at": timezone.now() - timedelta(minutes=3),
    }
    return FormToken(**{**usual, **facts})


def sent_request(reference: str) -> ContactRequest:
    found: ContactRequest = ContactRequest.objects.get(reference=reference)
    return found


@pytest.fixture
def make_request(practice: Practice) -> Callable[..., ContactRequest]:
    """`make_request(**answers)` sends one as the form does, and gives its row."""

    def make(held_reason: str = "", **answers: Any) -> ContactRequest:
        sent = ContactRequest.objects.send(make_answers(**answers), make_token(), held_reason)
        return sent_request(sent.reference)

    return make


def at_once(*works) -> list[Any]:
    """Results or exceptions of works that start together, each on its own connection."""
    together = Barrier(len(works))
    results: list[Any] = [None] * len(works)

    def run(n: int, work) -> None:
        try:
            together.wait()
            results[n] = work()
        except Exception as error:
            results[n] = error
        finally:
            connection.close()

    threads = [Thread(target=run, args=(n, work)) for n, work in enumerate(works)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return results
