"""A fresh Debian in a directory, by debootstrap, for `python -m tests.ten_commands`.

It asks for packages where this machine does. Nothing else of this machine is in it.
"""

import os
import shutil
import subprocess
from pathlib import Path

# Found before the real ones: what only a machine that runs has.
STAND_INS = {
    "systemctl": """#!/bin/sh
echo "   (stood in, since no systemd runs here: systemctl $*)"
""",
    "certbot": """#!/bin/sh
# The certificate of its own that openssl makes, where certbot would have left one.
for word; do [ "$before" = -d ] && name=$word; before=$word; done
place=/etc/letsencrypt/live/$name && mkdir -p "$place" || exit
openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 1 -subj "/CN=$name" \\
  -addext "subjectAltName=DNS:$name" -keyout "$place/privkey.pem" -out "$place/fullchain.pem" \\
  2>/dev/null
echo "   (stood in, since nobody outside can ask this machine: certificate of its own for $name)"
""",
}
STAND_IN_FOLDER = "/usr/local/stand-ins"
SYSTEM_PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"
# debootstrap's own answer to packages that want to start a service.
NOTHING_STARTS = "#!/bin/sh\nexit 101\n"
CERTIFICATES = "/etc/ssl/certs/ca-certificates.crt"
LENT = ("pip_index_url", "pip_extra_index_url", "http_proxy", "https_proxy", "no_proxy")


def missing() -> str:
    if os.geteuid() != 0:
        return "it needs root, to make a root directory and users in it."
    if not shutil.which("debootstrap", path=SYSTEM_PATH):
        return "it needs debootstrap: apt-get install debootstrap"
    return ""


def release() -> str:
    lines = Path("/etc/os-release").read_text().splitlines()
    return next(line.split("=")[1] for line in lines if line.startswith("VERSION_CODENAME="))


def make(folder: Path) -> None:
    # With mounts of its own: what it mounts in there is gone with it, however it ends.
    command = [
        "unshare",
        "--mount",
        "debootstrap",
        "--include=ca-certificates",
        release(),
        str(folder),
        mirror(),
    ]
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
    lend(folder)
    write(folder, "usr/sbin/policy-rc.d", NOTHING_STARTS)
    for name, text in STAND_INS.items():
        write(folder, f"{STAND_IN_FOLDER}/{name}", text)


def mirror() -> str:
    """Where this machine has its Debian from."""
    said = run("apt-get", "indextargets", "--format", "$(REPO_URI) $(CODENAME) $(ORIGIN)")
    for line in said.splitlines():
        address, *rest = line.split(" ")
        if rest == [release(), "Debian"]:
            return address
    raise LookupError("apt on this machine has no Debian archive of its own release")


def lend(folder: Path) -> None:
    """Where to ask, and whom to trust in between, as this machine does."""
    source = next(
        Path("/etc/apt").glob("sources.list.d/debian.sources"), Path("/etc/apt/sources.list")
    )
    shutil.copy(source, folder / source.relative_to("/"))
    if source.suffix:
        (folder / "etc/apt/sources.list").unlink(missing_ok=True)
    network = [
        line for line in run("apt-config", "dump").splitlines() if line.startswith("Acquire::")
    ]
    (folder / "etc/apt/apt.conf.d/99lent").write_text("\n".join([*network, ""]))
    for path in ("/etc/resolv.conf", "/etc/hosts", CERTIFICATES):
        if Path(path).exists():
            shutil.copy(path, folder / path.lstrip("/"))


def environment() -> dict[str, str]:
    """Of root in there."""
    lent = {name: value for name, value in os.environ.items() if name.lower() in LENT}
    path = f"{STAND_IN_FOLDER}:{SYSTEM_PATH}"
    quiet = {"DEBIAN_FRONTEND": "noninteractive", "PIP_QUIET": "1", "LC_ALL": "C.UTF-8"}
    return {"PATH": path, "HOME": "/root", "PIP_CERT": CERTIFICATES, **quiet, **lent}


def mount(folder: Path) -> None:
    """For as long as the namespace lives in which this is called."""
    subprocess.run(["mount", "-t", "proc", "proc", str(folder / "proc")], check=True)
    subprocess.run(["mount", "--rbind", "/dev", str(folder / "dev")], check=True)


def write(folder: Path, path: str, text: str) -> None:
    """A program."""
    file = folder / path.lstrip("/")
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(text)
    file.chmod(0o755)


def run(*command: str) -> str:
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout
