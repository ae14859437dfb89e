"""nginx with the configuration we ship: what it hands on, keeps, writes down and refuses."""

import json
import re
import socket
import ssl
import threading
import time
import warnings
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from tests import proxy as nginx
from tests.site import eventually
from tests.visitor import Visitor

pytestmark = pytest.mark.own_database

KEPT_SECONDS = 2.1
PUBLIC = "public, max-age=0, must-revalidate, s-maxage=1"
FORGED = {
    "X-Forwarded-For": "198.51.100.7",
    "X-Forwarded-Proto": "http",
    "X-Forwarded-Host": "other.example",
    "X-Forwarded-Port": "81",
    "X-Real-IP": "198.51.100.8",
    "Forwarded": "for=198.51.100.9",
}
WRITTEN_WITHIN = 1.5
# More than the machine itself holds between two programs.
LONG = 20_000_000
WORDS = "canary-of-the-person"


@pytest.fixture(scope="module", autouse=True)
def nginx_is_here():
    try:
        nginx.program()
    except LookupError as error:
        pytest.skip(str(error))


class Echo(BaseHTTPRequestHandler):
    """Says what it was asked and how often, under whatever Cache-Control the test wants."""

    def do_GET(self) -> None:
        size = int(self.headers.get("Content-Length") or 0)
        asked = {name.lower(): value for name, value in self.headers.items()}
        self.server.asked.append(self.path)
        body = {"asked": asked, "size": len(self.rfile.read(size)), "fill": "x" * self.server.fill}
        self.answer(json.dumps(body).encode())

    do_POST = do_GET  # noqa: N815  # the names are the library's

    def answer(self, body: bytes) -> None:
        self.send_response(self.server.status)
        self.send_header("Content-Type", "text/html")
        self.send_header("Content-Length", str(len(body)))
        self.send_header("Cache-Control", self.server.cache_control)
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        pass


class Origin(ThreadingHTTPServer):
    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Echo)
        self.asked: list[str] = []
        self.status, self.cache_control, self.fill = 200, PUBLIC, 0

    def handle_error(self, *_: object) -> None:
        """Of whoever hung up before the answer was read."""


@pytest.fixture
def origin():
    server = Origin()
    threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
    yield server
    server.shutdown()
    server.server_close()


@pytest.fixture
def proxy(origin, tmp_path):
    with nginx.Proxy(tmp_path, [origin.server_port]) as running:
        yield running


def files_of(proxy) -> str:
    """All that nginx wrote: kept pages, parts of answers, bodies, logs."""
    files = [path for path in proxy.folder.rglob("*") if path.is_file()]
    return "".join(path.read_text(errors="replace") for path in files)


def test_forwarded_headers_say_what_nginx_saw(proxy):
    heard = json.loads(proxy.visitor().get("/", **FORGED).text)["asked"]
    told = {k: v for k, v in heard.items() if "forward" in k or k in ("host", "x-real-ip")}
    assert told == {
        "host": f"localhost:{proxy.port}",
        "x-forwarded-for": "127.0.0.1",
        "x-forwarded-proto": "https",
    }


def test_public_page_is_kept_for_a_second_or_two(proxy, origin):
    """nginx counts whole seconds: what may be kept for one is kept until the next one is over."""
    visitor = proxy.visitor()
    assert {visitor.get("/trauma/").status for _ in range(20)} == {200}
    assert origin.asked.count("/trauma/") in (1, 2, 3)
    time.sleep(KEPT_SECONDS)
    before = origin.asked.count("/trauma/")
    visitor.get("/trauma/")
    assert origin.asked.count("/trauma/") == before + 1


@pytest.mark.parametrize("failing", ["away", "broken"])
def test_public_page_is_shown_while_the_site_is_away(proxy, origin, failing):
    visitor = proxy.visitor()
    before = visitor.get("/trauma/")
    time.sleep(KEPT_SECONDS)
    if failing == "away":
        origin.shutdown()
        origin.server_close()
    else:
        origin.status = 503
    after = visitor.get("/trauma/")
    assert (after.status, after.text) == (200, before.text)


@pytest.mark.parametrize(
    "path", ["/contact/", "/contact/sent/abc/", "/request/", "/staff/", "/staff/x/", "/fit/?q=1"]
)
def test_private_answers_are_never_kept(proxy, origin, path):
    """Not even where the site, by mistake, called one public."""
    visitor = proxy.visitor()
    visitor.get("/trauma/"), visitor.get("/trauma/")
    for _ in range(2):
        visitor.get(path, **{"X-Words": WORDS})
    assert (origin.asked.count("/trauma/"), origin.asked.count(path)) == (1, 2)
    assert WORDS not in files_of(proxy)


def test_what_is_kept_could_be_found(proxy):
    proxy.visitor().get("/trauma/", **{"X-Words": WORDS})
    assert eventually(lambda: WORDS in files_of(proxy), within=3)


def test_nothing_of_a_person_or_for_staff_is_written_down(proxy, origin):
    """Neither a body that comes slowly, nor an answer that is read slowly and is long."""
    assert written_down(proxy, origin) == (False, False)


def test_both_could_be_written_down(origin, tmp_path):
    with Careless(tmp_path, [origin.server_port]) as careless:
        assert written_down(careless, origin) == (True, True)


class Careless(nginx.Proxy):
    def configuration(self) -> str:
        """Without the two lines."""
        text = super().configuration()
        text = text.replace("    client_body_buffer_size 1m;\n", "")
        return text.replace("    proxy_max_temp_file_size 0;\n", "")


def written_down(proxy, origin) -> tuple[bool, bool]:
    with half_sent(proxy, "/contact/"):
        body = eventually(lambda: open_files(proxy), within=WRITTEN_WITHIN)
    origin.fill, origin.cache_control = LONG, "no-store"
    with half_sent(proxy, "/staff/", size=0) as line:
        line.recv(1000)
        return body, eventually(lambda: open_files(proxy), within=WRITTEN_WITHIN)


def half_sent(proxy, path: str, size: int = 900_000) -> ssl.SSLSocket:
    """A form of which half has come, over a line that takes little at a time."""
    plain = socket.create_connection(("127.0.0.1", proxy.port))
    plain.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
    context = ssl.create_default_context(cafile=str(proxy.folder / "fullchain.pem"))
    line = context.wrap_socket(plain, server_hostname="localhost")
    head = f"POST {path} HTTP/1.1\r\nHost: localhost:{proxy.port}\r\nContent-Length: {size}\r\n\r\n"
    line.sendall(head.encode() + b"x" * (size // 2))
    return line


def open_files(proxy) -> list[str]:
    """Temporary files of nginx: unlinked while they are used, so only /proc shows them."""
    found = []
    for process in proxy.processes():
        for handle in process.glob("fd/*"):
            try:
                found.append(str(handle.readlink()))
            except OSError:
                continue
    return [path for path in found if "/bodies/" in path or "/answers/" in path]


@pytest.mark.parametrize(
    ("path", "size", "status"),
    [
        ("/contact/", 1_040_000, 200),
        ("/contact/", 1_100_000, 413),
        ("/staff/", 4_100_000, 200),
        ("/staff/", 4_300_000, 413),
    ],
)
def test_body_is_handed_on_as_far_as_the_site_may_want_it(proxy, path, size, status):
    answer = proxy.visitor().ask("POST", path, b"x" * size)
    assert answer.status == status
    assert status == 413 or json.loads(answer.text)["size"] == size


def test_log_holds_no_address_no_question_and_no_private_path(proxy):
    visitor = proxy.visitor()
    for path in ("/trauma/?q=asked", "/contact/sent/abc/", "/staff/welcome/MQ/token/", "/request/"):
        visitor.get(path, **{"User-Agent": "browser", "Referer": "https://from.example/"})
    assert eventually(lambda: len(proxy.log.read_text().splitlines()) >= 5)
    lines = [line.split()[1:4] for line in proxy.log.read_text().splitlines()[1:]]
    assert lines == [
        ["GET", "/trauma/", "200"],
        ["GET", "/contact/...", "200"],
        ["GET", "/staff/...", "200"],
        ["GET", "/request/", "200"],
    ]
    assert re.findall(r"127\.0\.0\.1|asked|browser|from\.example", proxy.log.read_text()) == []


def test_error_log_holds_nothing_of_a_visitor(proxy, origin):
    origin.shutdown()
    origin.server_close()
    proxy.visitor().get("/contact/sent/abc/")
    assert "abc" not in (proxy.folder / "error.log").read_text()


def test_site_that_is_away_is_said_with_the_phone(proxy, origin):
    origin.shutdown()
    origin.server_close()
    answer = proxy.visitor().post("/contact/", {"message": WORDS})
    assert (answer.status, "(503) 555-0142" in answer.text) == (502, True)
    assert (answer.headers["cache-control"], answer.headers["retry-after"]) == ("no-store", "60")


def test_plain_http_is_sent_to_tls(proxy):
    answer = Visitor(f"http://localhost:{proxy.plain_port}").get("/fees/?q=1")
    assert (answer.status, answer.headers["location"]) == (301, "https://localhost/fees/?q=1")


def test_another_name_gets_no_answer(proxy):
    """Not even to someone who does not look at the certificate."""
    with tls(proxy, "TLSv1_3", name="localhost"):
        pass
    with pytest.raises(ssl.SSLError, match="UNRECOGNIZED_NAME"):
        tls(proxy, "TLSv1_3", name="other.example")


@pytest.mark.parametrize("version", ["TLSv1_2", "TLSv1_3"])
def test_tls_is_of_today_and_speaks_http_2(proxy, version):
    with tls(proxy, version) as line:
        assert line.selected_alpn_protocol() == "h2"


def test_tls_of_yesterday_is_refused(proxy):
    with pytest.raises(ssl.SSLError, match="PROTOCOL_VERSION"):
        tls(proxy, "TLSv1_1")


def tls(proxy, version: str, name: str = "localhost") -> ssl.SSLSocket:
    context = ssl.create_default_context(cafile=str(proxy.folder / "fullchain.pem"))
    context.check_hostname = False
    context.set_alpn_protocols(["h2", "http/1.1"])
    context.set_ciphers("DEFAULT@SECLEVEL=0")
    with warnings.catch_warnings(action="ignore", category=DeprecationWarning):
        context.minimum_version = context.maximum_version = ssl.TLSVersion[version]
    plain = socket.create_connection(("127.0.0.1", proxy.port))
    return context.wrap_socket(plain, server_hostname=name)
