"""`make firefox`: "Leave this site" in Firefox and Chromium, against a whole site.

Outside `make test`, since few machines have Firefox. Names what is missing and ends with 0 there.
"""

import os
import shutil
import subprocess
import sys
import tempfile
from http.server import ThreadingHTTPServer
from pathlib import Path
from threading import Thread

from tests.browser.conftest import EXIT_ADDRESS, Weather
from tests.firefox.ways import Ways
from tests.site import RunningSite

HERE = Path(__file__).resolve().parent
DRIVER = HERE.parents[1] / ".venv" / "firefox"
INSTALL = ["npm", "install", "--silent", "--no-save", "--ignore-scripts", "puppeteer-core@25.16.0"]
BROWSERS = {"firefox": ("firefox-esr", "firefox"), "chrome": ("chromium",)}


def main(part: str, *options: str) -> int:
    found = {name: next(filter(None, map(shutil.which, of)), "") for name, of in BROWSERS.items()}
    if not (found["firefox"] and shutil.which("node") and shutil.which("npm")):
        print("SKIPPED: apt-get install firefox-esr nodejs npm")  # noqa: T201
        return 0
    DRIVER.mkdir(exist_ok=True)
    subprocess.run([*INSTALL, "--prefix", DRIVER], check=True)
    with (
        tempfile.TemporaryDirectory() as folder,
        RunningSite(Path(folder), INTAKE_MIN_FILL_SECONDS="0") as site,
        served(Weather) as weather,
        served(Ways) as ways,
    ):
        site.manage("shell", "-c", EXIT_ADDRESS.format(address(weather)))
        site.let_pages_catch_up()
        addresses = {"SITE": site.url, "WEATHER": address(weather), "WAYS": address(ways)}
        programs = {name.upper(): path for name, path in found.items() if path}
        variables = {**os.environ, "DRIVER": str(DRIVER), **addresses, **programs}
        return subprocess.run(
            ["node", *options, HERE / f"{part}.mjs"], env=variables, check=False
        ).returncode


class served:  # noqa: N801  # read as a verb
    def __init__(self, handler: type) -> None:
        self.server = ThreadingHTTPServer(("127.0.0.1", 0), handler)

    def __enter__(self) -> ThreadingHTTPServer:
        Thread(target=self.server.serve_forever, daemon=True).start()
        return self.server

    def __exit__(self, *error: object) -> None:
        self.server.shutdown()
        self.server.server_close()


def address(server: ThreadingHTTPServer) -> str:
    return f"http://127.0.0.1:{server.server_port}/"


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
