"""Therapists, their portraits and their openings, as staff make them and as people see them."""

import re

import pytest

from tests.pages.uploads import photo
from tests.visitor import Visitor

STAFF_RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
LOOKS = [(width, scheme) for width in (375, 1280) for scheme in ("light", "dark")]
TABLE = "/staff/pages/opening/"
SCREEN = "/staff/pages/therapist/2/change/"
JONAH = "/therapists/jonah-pellwick/"
STALE = (
    "from pages.models import Opening, Practice, SiteRevision; from datetime import timedelta;"
    "old = Practice.current().today() - timedelta(days=60);"
    "Opening.objects.filter(therapist__slug='jonah-pellwick').update(confirmed_on=old);"
    "SiteRevision.raise_()"
)
FREE = "from pages.models import Opening; print(Opening.objects.count())"
SAW = """from pages.models import Rendition
print(sorted(f"{each.format} {each.width}" for each in Rendition.objects.without_bytes()))"""


@pytest.fixture
def desk(browser, staff_state):
    """A signed-in page at a desk, as wide and in the scheme that a test asks for."""
    opened = []

    def at(width=1280, scheme="light", scripts=True):
        context = browser.new_context(
            viewport={"width": width, "height": 900},
            color_scheme=scheme,
            storage_state=staff_state,
            java_script_enabled=scripts,
        )
        opened.append(context)
        return context.new_page()

    yield at
    for context in opened:
        context.close()


@pytest.fixture
def no_portrait(site, desk):
    yield
    page = desk()
    page.goto(site.url + SCREEN)
    if page.get_by_label("Remove the portrait").count():
        page.get_by_label("Remove the portrait").check()
        save(page)


def file(data, name="me.jpg", kind="image/jpeg"):
    return {"name": name, "mimeType": kind, "buffer": data}


def save(page):
    with page.expect_navigation():
        page.locator("input[name=_save]").click()


def seen_picture(page):
    """The picture on the page, once it is there: its own width, and the kind that was chosen."""
    picture = page.get_by_role("img", name="Portrait of Jonah Pellwick")
    picture.scroll_into_view_if_needed()
    page.wait_for_function("one => one.complete && one.naturalWidth", arg=picture.element_handle())
    return picture.evaluate("one => one.currentSrc.split('.').pop()")


@pytest.mark.parametrize("scripts", [True, False], ids=["scripts", "no scripts"])
def test_uploaded_portrait_is_on_the_site_until_it_is_removed(
    site, desk, browser, no_portrait, scripts
):
    page = desk(scripts=scripts)
    page.goto(site.url + SCREEN)
    page.get_by_label("New portrait").set_input_files(file(photo()))
    save(page)
    site.let_pages_catch_up()
    reader = browser.new_page()
    for path in (JONAH, "/therapists/"):
        reader.goto(site.url + path)
        assert seen_picture(reader) == "avif"
    picture = reader.get_by_role("img", name="Portrait of Jonah Pellwick")
    kept = Visitor(site.url).get(re.sub(r"^https?://[^/]+", "", picture.evaluate("o => o.src")))
    assert (kept.headers["content-type"], kept.headers["cache-control"]) == (
        "image/jpeg", "public, max-age=31536000, immutable",
    )  # fmt: skip
    assert "content-encoding" not in kept.headers
    page.goto(site.url + SCREEN)
    page.get_by_label("Remove the portrait").check()
    save(page)
    site.let_pages_catch_up()
    reader.goto(site.url + JONAH)
    assert reader.get_by_role("img", name="Portrait of Jonah Pellwick").count() == 0
    reader.close()


def test_page_does_not_move_when_the_picture_comes(site, desk, browser, no_portrait):
    page = desk()
    page.goto(site.url + SCREEN)
    page.get_by_label("New portrait").set_input_files(file(photo(480, 600)))
    save(page)
    site.let_pages_catch_up()
    for width in (360, 1280):
        reader = browser.new_page(viewport={"width": width, "height": 800})
        boxes = []
        for comes in (False, True):
            if not comes:
                reader.route("**/portraits/**", lambda route: route.abort())
            reader.goto(site.url + JONAH, wait_until="networkidle")
            parts = reader.locator("picture.portrait, h1, h2").all()
            boxes.append([part.bounding_box() for part in parts])
            reader.unroute("**/portraits/**")
        assert boxes[0] == boxes[1]
        assert abs(boxes[0][0]["width"] * 5 / 4 - boxes[0][0]["height"]) < 1
        reader.close()


def test_what_cannot_be_made_smaller_is_said_before_it_is_sent(site, desk):
    page = desk()
    page.goto(site.url + SCREEN)
    field = page.get_by_label("New portrait")
    field.set_input_files(file(b"no picture" * 300_000))
    page.get_by_text("This one could not be made smaller here.").wait_for()
    assert field.evaluate("one => one.files.length") == 0


def test_phone_photo_over_two_megabytes_just_works(site, desk, no_portrait):
    page = desk()
    page.goto(site.url + SCREEN)
    large = photo(3000, 4000) + bytes(3 * 1024 * 1024)  # as heavy as one from a phone
    page.get_by_label("New portrait").set_input_files(file(large))
    page.get_by_text("so it was made smaller here. You can save it.").wait_for()
    save(page)
    assert eval(site.manage("shell", "-v", "0", "-c", SAW).stdout) == [  # noqa: S307
        f"{kind} {width}" for kind in ("avif", "jpeg") for width in (320, 480, 800)
    ]


def test_large_picture_without_scripts_is_refused_in_words(site, desk):
    page = desk(scripts=False)
    page.goto(site.url + SCREEN)
    page.get_by_label("New portrait").set_input_files(file(photo() + bytes(6 * 1024 * 1024)))
    save(page)
    assert page.get_by_role("heading", name="Too much at once").is_visible()
    assert "Choose a picture of 2 MB or less." in page.content()


def test_refused_picture_keeps_the_words(site, desk):
    page = desk()
    page.goto(site.url + SCREEN)
    page.get_by_label("Fees").fill("$9 and a smile")
    drawing = b"<svg xmlns='http://www.w3.org/2000/svg'/>"
    page.get_by_label("New portrait").set_input_files(file(drawing, "a.svg", "image/svg+xml"))
    save(page)
    assert page.get_by_text("Choose a JPEG, PNG, WebP or AVIF picture.").is_visible()
    assert page.get_by_label("Fees").input_value() == "$9 and a smile"


def test_openings_are_set_by_keyboard_without_scripts(site, desk):
    before = int(site.manage("shell", "-v", "0", "-c", FREE).stdout)
    page = desk(scripts=False)
    for change in (1, -1):
        page.goto(site.url + TABLE)
        page.get_by_label("Jonah Pellwick, In person, evening").focus()
        page.keyboard.press("Space")
        with page.expect_navigation():
            page.keyboard.press("Enter")
        assert page.get_by_text("Saved. The public sees what is ticked below.").is_visible()
        now = int(site.manage("shell", "-v", "0", "-c", FREE).stdout)
        before, wanted = now, before + change
        assert now == wanted


def test_stale_openings_say_ask_us_until_all_are_still_true(site, desk, browser):
    site.manage("shell", "-c", STALE)
    reader, page = browser.new_page(), desk()
    site.let_pages_catch_up()
    reader.goto(site.url + JONAH)
    assert reader.get_by_text("May have room: ask us").is_visible()
    page.goto(site.url + TABLE)
    assert page.locator(".place-stale").count() == 2
    with page.expect_navigation():
        page.get_by_role("button", name="All still true").click()
    assert page.locator(".place-stale").count() == 0
    site.let_pages_catch_up()
    reader.goto(site.url + JONAH)
    assert reader.get_by_text("Has room now").is_visible()
    reader.close()


@pytest.mark.parametrize(("width", "scheme"), LOOKS)
def test_table_and_screens_have_no_violation(site, desk, violations, no_portrait, width, scheme):
    page, wrong = desk(width, scheme), {}
    page.goto(site.url + SCREEN)
    page.get_by_label("New portrait").set_input_files(file(photo(480, 600)))
    save(page)
    paths = (TABLE, SCREEN, "/staff/pages/therapist/", "/staff/pages/service/1/change/")
    for path in paths:
        page.goto(site.url + path)
        page.wait_for_load_state()
        wider = page.evaluate("document.documentElement.scrollWidth - innerWidth")
        wrong[path] = violations(page, STAFF_RULES) + ([f"wider by {wider}"] if wider > 0 else [])
    assert wrong == {path: [] for path in paths}


@pytest.mark.parametrize(("width", "scheme"), LOOKS)
def test_pages_of_therapists_have_no_violation(
    site, desk, browser, violations, no_portrait, width, scheme
):
    page = desk()
    page.goto(site.url + SCREEN)
    page.get_by_label("New portrait").set_input_files(file(photo(480, 600)))
    save(page)
    site.let_pages_catch_up()
    reader = browser.new_page(viewport={"width": width, "height": 800}, color_scheme=scheme)
    wrong = {}
    for path in (JONAH, "/therapists/marisol-averidge/", "/therapists/"):
        reader.goto(site.url + path, wait_until="networkidle")
        wider = reader.evaluate("document.documentElement.scrollWidth - innerWidth")
        wrong[path] = violations(reader) + ([f"wider by {wider}"] if wider > 0 else [])
    assert wrong == {path: [] for path in wrong}
    reader.close()
