"""Asks for one address as fast as it is answered: with wrk where it is installed, else threads."""

import http.client
import re
import shutil
import ssl
import statistics
import subprocess
import threading
import time
from typing import NamedTuple
from urllib.parse import urlsplit

# As many connections as there are threads to answer (2 workers of 4), so none waits in a line.
CONNECTIONS = 8
MS = {"us": 0.001, "ms": 1.0, "s": 1000.0}
P99 = re.compile(r"^\s+99%\s+([\d.]+)(us|ms|s)\s*$", re.MULTILINE)
A_SECOND = re.compile(r"^Requests/sec:\s+([\d.]+)$", re.MULTILINE)
TROUBLE = re.compile(r"^\s*(Socket errors|Non-2xx).*$", re.MULTILINE)


class Pace(NamedTuple):
    a_second: float
    p99_ms: float


def with_what() -> str:
    return "wrk" if shutil.which("wrk") else "threads of Python"


def pace(url: str, headers: dict[str, str], seconds: float) -> Pace:
    asks = by_wrk if shutil.which("wrk") else by_threads
    return asks(url, headers, seconds)


def by_wrk(url: str, headers: dict[str, str], seconds: float) -> Pace:
    sent = [part for name, value in headers.items() for part in ("-H", f"{name}: {value}")]
    how = ["-t1", f"-c{CONNECTIONS}", f"-d{seconds:.0f}s", "--timeout", "20s", "--latency"]
    command = ["wrk", *how, *sent, url]
    text = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    slow, rate, trouble = P99.search(text), A_SECOND.search(text), TROUBLE.search(text)
    if trouble or not slow or not rate:
        raise RuntimeError(
            f"{url} was not answered well: {trouble[0].strip() if trouble else text}"
        )
    return Pace(float(rate[1]), float(slow[1]) * MS[slow[2]])


def by_threads(url: str, headers: dict[str, str], seconds: float) -> Pace:
    took: list[float] = []
    until = time.perf_counter() + seconds
    people = [
        threading.Thread(target=ask_until, args=(url, headers, until, took))
        for _ in range(CONNECTIONS)
    ]
    for person in people:
        person.start()
    for person in people:
        person.join()
    return Pace(len(took) / seconds, 1000 * statistics.quantiles(took, n=100)[98])


def ask_until(url: str, headers: dict[str, str], until: float, took: list[float]) -> None:
    connection, path = connected(url), urlsplit(url).path
    while (started := time.perf_counter()) < until:
        connection.request("GET", path, headers=headers)
        answer = connection.getresponse()
        answer.read()
        if answer.status not in (200, 304):
            raise RuntimeError(f"{url} was answered with {answer.status}.")
        took.append(time.perf_counter() - started)
    connection.close()


def connected(url: str) -> http.client.HTTPConnection:
    """Over https whoever is there: it is this machine."""
    address = urlsplit(url)
    if address.scheme == "http":
        return http.client.HTTPConnection(address.netloc, timeout=30)
    anyone = ssl._create_unverified_context()  # noqa: S323
    return http.client.HTTPSConnection(address.netloc, timeout=30, context=anyone)
