"""gunicorn and the worker under one parent: started together, stopped together."""

import signal
import socket
import subprocess
import sys
import time
import urllib.request
from types import FrameType
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from practice_site import contradictions
from practice_site.refusal import REFUSED
from practice_site.start import refuse_wrong_keys

READY_WITHIN_SECONDS = 60
STOP_WITHIN_SECONDS = 15
RESTART_PAUSE_SECONDS = 2.0
DATABASE_AWAY = (
    "The database does not answer. Check DATABASE_URL and that the server runs. Until it answers, "
    "every page says so and gives the practice's phone."
)


class Command(BaseCommand):
    help = "Serves the site and works the outbox until Ctrl-C or SIGTERM."
    requires_system_checks: list[str] = []

    def handle(self, *args: Any, **options: Any) -> None:
        contradictions.refuse_all(settings.ENVIRONMENT)
        self.keys_checked = refuse_wrong_keys()
        refuse_taken_port(settings.ENVIRONMENT.port)
        self.stopping = False
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, self.stop)
        self.web = start_web()
        self.worker = start_worker() if settings.SURFACE != "public" else None
        try:
            self.wait_until_ready()
            self.watch()
        finally:
            end(self.web, self.worker)

    def stop(self, number: int, frame: FrameType | None) -> None:
        self.stopping = True

    def wait_until_ready(self) -> None:
        """A database that is away is waited for as long as it takes, after saying so."""
        until = time.monotonic() + READY_WITHIN_SECONDS
        if not self.keys_checked:
            self.stderr.write(DATABASE_AWAY)
            until = float("inf")
        while not self.stopping and not self.ready():
            self.go_on_with_both()
            if time.monotonic() > until:
                raise CommandError(
                    f"The site did not answer within {READY_WITHIN_SECONDS} seconds."
                )
            time.sleep(0.1)
        if not self.stopping:
            self.stdout.write(f"Ready: {settings.SITE_URL}")
            self.stdout.flush()

    def ready(self) -> bool:
        if answers() and not self.keys_checked:
            self.keys_checked = refuse_wrong_keys()
        return self.keys_checked and answers()

    def watch(self) -> None:
        while not self.stopping:
            self.go_on_with_both()
            time.sleep(0.2)

    def go_on_with_both(self) -> None:
        """A worker that died is started again; without the web all ends."""
        if self.web.poll() is not None:
            raise CommandError(said_at_the_end(self.web.returncode))
        if self.worker is not None and self.worker.poll() is not None:
            self.restart_worker()

    def restart_worker(self) -> None:
        if self.worker and self.worker.returncode == REFUSED:
            raise CommandError("The worker refused to start: its message stands above.")
        self.stderr.write("The worker ended and is started again.")
        time.sleep(RESTART_PAUSE_SECONDS)
        if not self.stopping:
            self.worker = start_worker()


def refuse_taken_port(port: int) -> None:
    """Before anything starts: else the answer of whoever has the port would be taken for ours."""
    with socket.socket() as listener:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            listener.bind(("127.0.0.1", port))
        except OSError as error:
            raise CommandError(
                f"Port {port} cannot be used ({error.strerror}). Stop what has it, or set PORT to "
                "another one."
            ) from error


def start_web() -> subprocess.Popen[bytes]:
    command = ["-m", "gunicorn", "-c", "python:practice_site.gunicorn_config"]
    return start(*command, "practice_site.wsgi:application")


def start_worker() -> subprocess.Popen[bytes]:
    return start("manage.py", "work")


def start(*arguments: str) -> subprocess.Popen[bytes]:
    """A child in a group of its own, so that Ctrl-C reaches the parent alone, which stops all."""
    return subprocess.Popen(
        [sys.executable, *arguments], cwd=settings.BASE_DIR, start_new_session=True
    )


def end(*children: subprocess.Popen[bytes] | None) -> None:
    """Asks all to finish what they do, together; ends the ones that take too long."""
    running = [child for child in children if child is not None and child.poll() is None]
    for child in running:
        child.terminate()
    for child in running:
        try:
            child.wait(STOP_WITHIN_SECONDS)
        except subprocess.TimeoutExpired:
            child.kill()


def answers() -> bool:
    """True once the health page says that all is well."""
    request = urllib.request.Request(
        f"http://127.0.0.1:{settings.ENVIRONMENT.port}/healthz",
        headers={"Host": urlsplit(settings.SITE_URL).netloc},
    )
    try:
        with urllib.request.urlopen(request, timeout=5) as answer:
            return bool(answer.status == 200)
    except OSError:  # refused, or an answer that says not yet (HTTPError is an OSError)
        return False


def said_at_the_end(status: int) -> str:
    return f"The web server ended with status {status}. Its message stands above."
