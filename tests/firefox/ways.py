"""A small form that can be left in several ways, to measure what each lets come back."""

from http.server import BaseHTTPRequestHandler
from urllib.parse import parse_qs, urlsplit

PAGE = """<!DOCTYPE html><title>Form</title><h1>Form</h1>
<form method="post"><input name="name"{off}><textarea name="words"{off}></textarea></form>
<a class="leave" href="{href}">Leave</a>{script}"""
SCRIPT = """<script>
document.querySelector(".leave").addEventListener("click", (event) => {{
  event.preventDefault();
  {reset}
  {go}
}});
</script>"""
RESET = """document.forms[0].reset();
  document.querySelectorAll("input, textarea").forEach((field) => (field.value = ""));"""


class Ways(BaseHTTPRequestHandler):
    """/form?to=ADDRESS&how=no-store+off+reset+replace, each word of it or none."""

    def do_GET(self) -> None:
        asked = parse_qs(urlsplit(self.path).query)
        how, to = asked.get("how", [""])[0].split(), asked.get("to", [""])[0]
        self.send_response(200)
        self.send_header("Content-Type", "text/html; charset=utf-8")
        if "no-store" in how:
            self.send_header("Cache-Control", "no-store")
        body = page(how, to).encode()
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *words: object) -> None:
        pass


def page(how: list[str], to: str) -> str:
    off = ' autocomplete="off"' if "off" in how else ""
    go = (
        "location.replace(event.target.href)"
        if "replace" in how
        else "location = event.target.href"
    )
    reset = RESET if "reset" in how else ""
    scripted = "reset" in how or "replace" in how
    script = SCRIPT.format(reset=reset, go=go) if scripted else ""
    return PAGE.format(off=off, href=to, script=script)
