"""`python -m tests.nu_check vnu.jar`: every page of the example site through the Nu HTML checker.

Needs Java and the checker's jar (`npm pack vnu-jar`). Serves a site of its own, saves each public
page and each state of the form, and prints what the checker finds. Exit status 1 for any error.
"""

import subprocess
import sys
import tempfile
from pathlib import Path

from tests.addresses import public_addresses
from tests.site import RunningSite
from tests.visitor import ANSWERS, Answer, Visitor


def states(visitor: Visitor) -> dict[str, Answer]:
    """Pages that have an address only after a POST, or answer with an error."""
    return {
        "form-with-errors": visitor.check(preferred_name="", adult="", phone=""),
        "check": visitor.check(),
        "sent": visitor.send(),
        "under-18": visitor.check(adult="no"),
        "elsewhere": visitor.check(location="elsewhere"),
        "not-found": visitor.get("/no-such-page/"),
        "foreign-origin": visitor.post("/contact/", ANSWERS, Origin="https://elsewhere.example"),
        "sent-expired": visitor.get("/contact/sent/" + "A" * 32 + "/"),
    }


def save(folder: Path) -> int:
    with RunningSite(folder, INTAKE_MIN_FILL_SECONDS="0") as site:
        visitor = Visitor(site.url)
        pages = {path: visitor.get(path) for path in public_addresses(visitor)}
        pages.update(states(visitor))
        (folder / "pages").mkdir()
        for number, (name, answer) in enumerate(pages.items()):
            path = folder / "pages" / f"{number:02}-{name.strip('/').replace('/', '-')}.html"
            path.write_text(answer.text)
        return len(pages)


def main(jar: str) -> int:
    with tempfile.TemporaryDirectory() as name:
        count = save(Path(name))
        command = ["java", "-jar", jar, "--stdout", "--format", "text", f"{name}/pages"]
        found = subprocess.run(command, capture_output=True, text=True, check=False)
        print(found.stdout.replace(f"file:{name}/pages/", ""))  # noqa: T201
        errors = found.stdout.count(": error:")
        print(f"{count} pages, {errors} errors, {found.stdout.count(': info warning:')} warnings")  # noqa: T201
        return 1 if errors or found.returncode else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
