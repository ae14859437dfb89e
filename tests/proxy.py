"""nginx as `deploy/nginx/secure-base.conf` sets it, with ports and a certificate of its own.

Only names, ports and folders are put in: what is tested is what a practice runs.
"""

import http.client
import shutil
import ssl
import subprocess
from collections.abc import Sequence
from pathlib import Path

from tests.site import ROOT, children, eventually, free_port
from tests.visitor import Visitor

CONFIGURATION = ROOT / "deploy" / "nginx" / "secure-base.conf"
# What Debian's own nginx.conf says around it, as far as it matters here.
AROUND = """
daemon off; master_process on; worker_processes 2; pid {folder}/pid; {user}
error_log {folder}/error.log;
events {{ worker_connections 768; }}
http {{
  include /etc/nginx/mime.types;
  gzip on; ssl_protocols TLSv1 TLSv1.1 TLSv1.2 TLSv1.3; ssl_prefer_server_ciphers on;
  client_body_temp_path {folder}/bodies; proxy_temp_path {folder}/answers;
  fastcgi_temp_path {folder}/f; uwsgi_temp_path {folder}/u; scgi_temp_path {folder}/s;
  include {folder}/site.conf;
}}
"""
AS_ROOT = "user root root;"  # else the processes that answer could not read a temporary folder


def program() -> str:
    """Raises LookupError where there is no nginx."""
    found = shutil.which("nginx", path="/usr/sbin:/usr/bin:/usr/local/sbin:/usr/local/bin")
    if not found:
        raise LookupError("nginx is not installed: apt-get install nginx")
    return found


class Proxy:
    """In front of the web servers on `ports`; `name` is the site's host name."""

    def __init__(self, folder: Path, ports: Sequence[int], name: str = "localhost") -> None:
        self.folder, self.ports, self.name = folder, list(ports), name
        self.port, self.plain_port = free_port(), free_port()
        self.process: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        return f"https://{self.name}:{self.port}"

    @property
    def log(self) -> Path:
        return self.folder / "secure-base.log"

    def configuration(self) -> str:
        """The file in the repository, moved here."""
        text = CONFIGURATION.read_text()
        servers = "\n    ".join(f"server 127.0.0.1:{port};" for port in self.ports)
        moves = {
            "server 127.0.0.1:8000;": servers,
            "listen 443": f"listen 127.0.0.1:{self.port}",
            "listen 80": f"listen 127.0.0.1:{self.plain_port}",
            "/etc/letsencrypt/live/practice.example": str(self.folder),
            "practice.example": self.name,
            "/var/lib/nginx/secure-base": str(self.folder / "kept"),
            "/var/log/nginx": str(self.folder),
        }
        for there, here in moves.items():
            assert there in text, there
            text = text.replace(there, here)
        return "\n".join(line for line in text.splitlines() if "listen [::]" not in line)

    def write(self) -> None:
        user = AS_ROOT if self.folder.owner() == "root" else ""
        (self.folder / "nginx.conf").write_text(AROUND.format(folder=self.folder, user=user))
        (self.folder / "site.conf").write_text(self.configuration())

    def start(self) -> "Proxy":
        self.folder.mkdir(parents=True, exist_ok=True)
        make_certificate(self.folder, self.name)
        self.write()
        self.process = subprocess.Popen(self.command(), stderr=subprocess.DEVNULL)
        if not eventually(lambda: self.visitor().status("/healthz") is not None):
            raise RuntimeError((self.folder / "error.log").read_text())
        return self

    def send_to(self, *ports: int) -> None:
        """Other web servers from now on. Requests under way end where they are."""
        self.ports = list(ports)
        self.write()
        self.reload()

    def reload(self) -> None:
        subprocess.run([*self.command(), "-s", "reload"], check=True, stderr=subprocess.DEVNULL)

    def command(self) -> list[str]:
        return [program(), "-p", str(self.folder), "-c", str(self.folder / "nginx.conf")]

    def visitor(self) -> "SecureVisitor":
        return SecureVisitor(self.url, self.folder / "fullchain.pem")

    def processes(self) -> list[Path]:
        """As folders of /proc. Linux only."""
        assert self.process
        everyone = [self.process.pid, *children(self.process.pid)]
        return [Path(f"/proc/{each}") for each in everyone]

    def __enter__(self) -> "Proxy":
        return self.start()

    def __exit__(self, *error: object) -> None:
        self.stop()

    def stop(self) -> None:
        if self.process:
            self.process.terminate()
            self.process.wait(30)


class SecureVisitor(Visitor):
    """Over TLS, and holds the server to its certificate."""

    def __init__(self, url: str, certificate: Path) -> None:
        super().__init__(url)
        self.context = ssl.create_default_context(cafile=str(certificate))

    def connection(self) -> http.client.HTTPConnection:
        host, port = self.address.hostname or "", self.address.port or 443
        return LoopbackConnection(host, port, timeout=60, context=self.context)


class LoopbackConnection(http.client.HTTPSConnection):
    """To this machine, whatever the name says."""

    def connect(self) -> None:
        name, self.host = self.host, "127.0.0.1"
        http.client.HTTPConnection.connect(self)
        self.host = name
        self.sock = self._context.wrap_socket(self.sock, server_hostname=name)  # type: ignore[attr-defined]


def make_certificate(folder: Path, name: str) -> None:
    """Its own authority, good for a day. By the names under which certbot leaves them."""
    key, certificate = folder / "privkey.pem", folder / "fullchain.pem"
    command = ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256"]
    command += ["-nodes", "-days", "1", "-subj", f"/CN={name}", "-addext"]
    command += [f"subjectAltName=DNS:{name}", "-keyout", str(key), "-out", str(certificate)]
    subprocess.run(command, check=True, capture_output=True)
