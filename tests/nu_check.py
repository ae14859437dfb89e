"""`python -m tests.nu_check vnu.jar`: every page, staff's too, through the Nu HTML checker.

Needs Java and the checker's jar (`npm pack vnu-jar`). Serves a site of its own, saves each public
page and each state of the form, and prints what the checker finds. Exit status 1 for any error.
"""

import re
import subprocess
import sys
import tempfile
from base64 import b32decode
from http.cookiejar import CookieJar
from pathlib import Path
from urllib.parse import urlencode, urljoin
from urllib.request import HTTPCookieProcessor, Request, build_opener

from tests import request_states
from tests.addresses import public_addresses
from tests.site import RunningSite
from tests.visitor import ANSWERS, Answer, HiddenFields, Visitor
from tests.walking_in import PASSWORD, code_of

KINDS = ("error", "warning")
STAFF = {
    "today": "/staff/",
    "queue": "/staff/intake/contactrequest/",
    "pages": "/staff/pages/page/",
    "page": "/staff/pages/page/2/change/",
    "editions": "/staff/pages/page/2/editions/",
    "preview": "/staff/pages/page/2/preview/",
    "compare": "/staff/pages/page/2/editions/compare/",
    "move": "/staff/pages/page/2/move/",
    "practice": "/staff/pages/practice/1/change/",
    "practice-history": "/staff/pages/practice/1/history/",
    "therapists": "/staff/pages/therapist/",
    "therapist": "/staff/pages/therapist/1/change/",
    "service": "/staff/pages/service/1/change/",
    "openings": "/staff/pages/opening/",
    "lines": "/staff/pages/crisisline/",
    "line": "/staff/pages/crisisline/1/change/",
    "sources": "/staff/pages/source/",
    "source": "/staff/pages/source/1/change/",
    "words": "/staff/pages/term/",
    "readiness": "/staff/readiness/",
    "phrases": "/staff/intake/phrase/",
    "phrase-add": "/staff/intake/phrase/add/",
    "your-sign-in": "/staff/your-sign-in/",
    "add-factor": "/staff/your-sign-in/add/",
    "one-time-link": "/staff/auth/user/1/link/",
    "phrase": "/staff/intake/phrase/1/change/",
}
STATEMENT = re.compile(r'href="([^"]+/shown/[^"]*)"')
ANSWERS_TO_A_CHECK_IN = ("keep", "found", "harder")
FULL_REVIEW = """
from contextlib import suppress
from django.utils import timezone
from intake.models import limits
with suppress(limits.TooMany):
    for _ in range(limits.HELD_A_DAY):
        limits.held_reason("trap", None, timezone.now())
"""


def states(visitor: Visitor) -> dict[str, Answer]:
    """Pages that have an address only after a POST, or answer with an error."""
    return {
        "form-with-errors": visitor.check(preferred_name="", adult="", phone=""),
        "check": visitor.check(),
        "sent": visitor.send(),
        "sent-urgent": visitor.send(message="I want to end it all."),
        "under-18": visitor.check(adult="no"),
        "elsewhere": visitor.check(location="elsewhere"),
        "not-found": visitor.get("/no-such-page/"),
        **steps_of_a_request(visitor),
        "fit": visitor.post("/fit/", {"language": "Spanish"}),
        "fit-nobody": visitor.post("/fit/", {"service": "parent-coaching", "language": "Spanish"}),
        "foreign-origin": visitor.post("/contact/", ANSWERS, Origin="https://elsewhere.example"),
        "sent-expired": visitor.get("/contact/sent/" + "A" * 32 + "/"),
    }


def steps_of_a_request(visitor: Visitor) -> dict[str, Answer]:
    """My request: a wrong code, what a right one opens, and each page it leads to."""
    code = visitor.send().code
    steps = ("show", "reach", "take_back", "erase", "narrow", "withdraw", "erase_all")
    asked = {step: visitor.post("/request/", {"code": code, "step": step}) for step in steps}
    wrong = {"wrong": visitor.post("/request/", {"code": "7QK4"})}
    return {f"request-{step}": answer for step, answer in (asked | wrong).items()}


def in_each_state(site: RunningSite, visitor: Visitor) -> dict[str, Answer]:
    """My request as it stands in each state, and what each answer to a check-in leads to."""
    codes = request_states.sent(
        site, request_states.STATES | dict.fromkeys(ANSWERS_TO_A_CHECK_IN, "ask(r)")
    )
    found = {}
    for name, code in codes.items():
        step = name if name in ANSWERS_TO_A_CHECK_IN else ""
        found[f"state-{name}"] = visitor.post("/request/", {"code": code, "step": step})
    return found


def too_many(site: RunningSite, visitor: Visitor) -> dict[str, Answer]:
    """429, on the form and at My request. Last: from then on nobody is let through."""
    site.manage("shell", "-c", FULL_REVIEW)
    busy = visitor.send(homepage="https://spam.example")
    for _ in range(31):
        many = visitor.post("/request/", {"code": "7QK4"})
    assert (busy.status, many.status) == (429, 429)
    return {"busy": busy, "request-busy": many}


def staff_pages(site: RunningSite) -> dict[str, str]:
    """What staff see, signed in through the first link."""
    opener = build_opener(HTTPCookieProcessor(CookieJar()))

    def read(path: str, fields: dict[str, str] | None = None) -> tuple[str, str]:
        data = urlencode(fields).encode() if fields else None
        with opener.open(Request(urljoin(site.url, path), data, {"Referer": site.url})) as answer:
            return answer.url, answer.read().decode()

    address, welcome = read(site.first_link)
    token = HiddenFields(welcome).fields
    new = {"new_password1": PASSWORD, "new_password2": PASSWORD}
    address, factor = read(address, {**token, **new})
    secret = b32decode(re.findall(r'"qr-key"><code>([^<]+)<', factor)[0].replace(" ", ""))
    address, codes = read(address, {**HiddenFields(factor).fields, "code": code_of(secret)})
    read(address, HiddenFields(codes).fields)
    found = {name: read(path)[1] for name, path in STAFF.items()}
    request = re.findall(r'href="(/staff/intake/contactrequest/[0-9a-f-]{36}/)"', found["queue"])[0]
    found["closed"] = read(request)[1]
    opens = re.findall(r'action="([^"]+/open/)"', found["closed"])[0]
    found["opened"] = read(opens, HiddenFields(found["closed"]).fields)[1]
    does = re.findall(r'action="([^"]+/do/)"', found["opened"])[0]
    step = re.search(r'<form class="next".*?</form>', found["opened"], re.DOTALL)
    typed = {**HiddenFields(step[0] if step else "").fields, "message": "Hello.\nTuesday?"}
    found["unsent"] = read(does, {**typed, "step": "talking"})[1]
    found["written"] = read(does, {**typed, "step": "write"})[1]
    for name, shown in zip(("privacy", "help"), STATEMENT.findall(found["opened"]), strict=True):
        found[f"statement-{name}"] = read(shown)[1]
    found["phrase-wrong"] = read(STAFF["phrase-add"], HiddenFields(found["phrase-add"]).fields)[1]
    return {"welcome": welcome, "factor": factor, "codes": codes, **found}


def save(folder: Path) -> int:
    with RunningSite(folder, INTAKE_MIN_FILL_SECONDS="0") as site:
        visitor = Visitor(site.url)
        pages = {path: visitor.get(path).text for path in public_addresses(visitor)}
        pages.update({name: answer.text for name, answer in states(visitor).items()})
        pages.update(staff_pages(site))
        more = in_each_state(site, visitor) | too_many(site, visitor)
        pages.update({name: answer.text for name, answer in more.items()})
        (folder / "pages").mkdir()
        for number, (name, text) in enumerate(pages.items()):
            plain = re.sub("[^a-z0-9]+", "-", name.lower()).strip("-")
            path = folder / "pages" / f"{number:03}-{plain}.html"
            path.write_text(text)
        return len(pages)


def main(jar: str) -> int:
    with tempfile.TemporaryDirectory() as name:
        count = save(Path(name))
        command = ["java", "-jar", jar, "--stdout", "--format", "gnu", f"{name}/pages"]
        found = subprocess.run(command, capture_output=True, text=True, check=False)
        print(found.stdout.replace(f"file:{name}/pages/", ""))  # noqa: T201
        kinds = {kind: len(re.findall(rf": {kind}: ", found.stdout)) for kind in KINDS}
        print(f"{count} pages, {kinds}")  # noqa: T201
        return 1 if kinds["error"] or found.returncode else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
