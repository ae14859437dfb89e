"""/fit/: the questions, and their answer on the same address."""

import re
from datetime import timedelta
from html import unescape

import pytest
from django.db import connection

from pages.models import Opening, Page, Practice, Service, Therapist
from pages.models.therapist import Format
from pages.views import PUBLIC

COUPLES = {"service": ["couples-counseling"]}
ODD = "canary é\x00 ‮ <b>"
BOUNDARY = "multipart/form-data; boundary=x"


def words(response):
    """What the page says, in one line; its main part only."""
    main = response.content.decode().split("<main", 1)[1].split("</main>")[0]
    return " ".join(unescape(re.sub(r"<[^>]*>", " ", main)).split())


def names(response):
    return [match.therapist.name for match in response.context["answer"].matches]


def checked(response):
    html = response.content.decode()
    return re.findall(r'name="(\w+)" value="([^"]*)" checked', html)


@pytest.fixture
def people(starter):
    """Marisol, Jonah and Wren, as the example practice has them."""


@pytest.fixture
def many(starter):
    """`many(count)`: as many therapists, each with three services and eight openings."""

    def make(count: int) -> None:
        Opening.objects.all().delete()
        Therapist.objects.all().delete()
        services, today = Service.objects.all()[:3], Practice.current().today()
        for number in range(count):
            therapist = Therapist.objects.create(
                slug=f"t{number}", name=f"Person {number}", role="Therapist", credentials="MA",
                licence="Example", fees="$100", formats=Format.values, position=number,
                languages=["English", "Spanish"], insurers=["Larkwater Mutual"],
            )  # fmt: skip
            therapist.services.set(services)
            Opening.objects.bulk_create(
                Opening(therapist=therapist, format=f, day_part=p, confirmed_on=today)
                for f in Format.values
                for p in Opening.DayPart.values
            )

    return make


# Asking


def test_questions_stand_on_a_public_page(client, people):
    response = client.get("/fit/")
    assert response.status_code == 200
    assert response.headers["Cache-Control"] == PUBLIC
    assert response.cookies == {}
    assert "Vary" not in response.headers
    asked = [question.name for question in response.context["questions"]]
    assert asked == ["service", "format", "time", "language", "payment"]
    assert checked(response) == []
    assert "Show who fits" in words(response)
    assert "Not sure? We will suggest someone." in words(response)
    assert "Who may fit" not in words(response)


def test_main_navigation_shows_it(client, people):
    links = [(link.label, link.url) for link in client.get("/fees/").context["main_links"]]
    assert links == [
        ("Read", "/attachment/"),
        ("Therapy here", "/how-therapy-works/"),
        ("Therapists", "/therapists/"),
        ("Fees", "/fees/"),
        ("Find a fit", "/fit/"),
    ]


def test_nothing_is_taken_from_the_address(client, people):
    response = client.get("/fit/?service=couples-counseling&language=Spanish")
    assert checked(response) == []
    assert "answer" not in response.context


def test_form_posts_to_its_own_address_and_is_never_refilled(client, people):
    html = client.get("/fit/").content.decode()
    (form,) = re.findall(r"<form[^>]*>", html)
    assert 'method="post"' in form
    assert 'action="/fit/#who-fits"' in form
    assert 'autocomplete="off"' in form
    assert "data-private" in form
    controls = re.findall(r"<(?:input|select)[^>]*>", html)
    assert len(controls) == 20
    assert "csrf" not in html


# Answering


def test_answer_says_what_fits_and_what_does_not(client, people):
    response = client.post(
        "/fit/",
        {
            "service": ["couples-counseling", "family-counseling"],
            "format": "online",
            "time": ["evening"],
            "language": "Spanish",
            "payment": "plan Larkwater Mutual",
        },
    )
    confirmed = Opening.objects.get(day_part="evening").confirmed_on
    assert response.status_code == 200
    assert names(response) == ["Marisol Averidge", "Jonah Pellwick", "Wren Tashiro-Bell"]
    said = words(response).split("Who may fit")[1]
    assert said.startswith(
        " You chose: Couples counseling · Family counseling · Online · In the evening · Spanish · "
        "Larkwater Mutual. Change your choices Closest first. Nothing here is saved. "
        "Marisol Averidge Therapist and owner of the practice "
        "Fits: Offers couples counseling Meets online "
        f"Has room online in the evening, confirmed {confirmed:%b} {confirmed.day} Speaks Spanish "
        "Takes Larkwater Mutual Ask about Marisol Read about Marisol"
    )
    assert (
        "Jonah Pellwick Therapist Fits: Meets online Takes Larkwater Mutual Does not match: Does "
        "not offer couples counseling or family counseling No opening online in the evening Does "
        "not speak Spanish Ask about Jonah"
    ) in said
    assert said.count("Not sure? We will suggest someone.") == 1
    assert said.index("Not sure?") > said.index("Wren Tashiro-Bell")


def test_choices_are_shown_again(client, people):
    response = client.post("/fit/", {"format": "", "time": ["evening", "morning"]})
    assert checked(response) == [("format", ""), ("time", "morning"), ("time", "evening")]


def test_answer_is_kept_nowhere(client, people):
    response = client.post("/fit/", COUPLES)
    assert response.headers["Cache-Control"] == "no-store"
    assert response.cookies == {}
    assert '<meta name="robots" content="noindex">' in response.content.decode()
    assert "data-private" in response.content.decode().split('aria-labelledby="who-fits"')[1][:20]


def test_links_of_the_answer_carry_a_name_and_nothing_else(client, people):
    response = client.post("/fit/", {**COUPLES, "language": "Spanish"})
    answer = response.content.decode().split('aria-labelledby="who-fits"')[1].split("</main>")[0]
    links = set(re.findall(r'href="([^"]*)"', answer.split("How this works")[0]))
    read = {link for link in links if link.startswith("/therapists/")}
    assert links - read == {
        "#questions",
        "/contact/with/marisol-averidge/",
        "/contact/with/jonah-pellwick/",
        "/contact/with/wren-tashiro-bell/",
        "/contact/",
        "/not-sure/",
    }


def test_nothing_chosen_shows_everyone_in_the_practices_order(client, people):
    Therapist.objects.filter(slug="wren-tashiro-bell").update(position=1)
    response = client.post("/fit/")
    assert names(response) == ["Wren Tashiro-Bell", "Marisol Averidge", "Jonah Pellwick"]
    assert "You answered no question, so here is everyone, in our own order." in words(response)
    assert "Fits:" not in words(response)


def test_nobody_fits_all_is_said_with_who_comes_closest_and_what_else(client, people):
    Practice.objects.update(
        others="Ask **Gray Harbor House**, (503) 555-0188.", waiting_list_weeks=2
    )
    response = client.post("/fit/", {**COUPLES, "language": "Japanese", "time": "evening"})
    said = words(response)
    assert (
        "No one here fits everything you chose. Marisol Averidge comes closest. "
        "What else you can do Choose differently , and look again. Join our list . We check in "
        "every two weeks. Call us at (503) 555-0142 . We know others who may have room. "
        "Others who may have room Ask Gray Harbor House , (503) 555-0188."
    ) in said


def test_nobody_takes_new_people_is_said(client, people):
    Therapist.objects.update(accepting=False)
    Practice.objects.update(waiting_list_weeks=1)
    response = client.post("/fit/", COUPLES)
    said = words(response)
    assert "No one here takes new people now. Marisol Averidge comes closest." in said
    assert "We check in every week." in said
    assert "Choose differently" not in said
    assert said.count("Takes no new people now") == 3
    assert "No one here takes new people now." in words(client.post("/fit/"))


def test_an_opening_no_one_confirmed_lately_says_ask_us(client, people):
    practice = Practice.current()
    days = timedelta(days=practice.openings_fresh_days)
    evening = Opening.objects.filter(day_part="evening")
    evening.update(confirmed_on=practice.today() - days)
    assert "Has room online in the evening" in words(client.post("/fit/", {"time": "evening"}))
    evening.update(confirmed_on=practice.today() - days - timedelta(days=1))
    said = words(client.post("/fit/", {"time": "evening"}))
    assert "May have room online in the evening, but no one confirmed it lately. Ask us" in said
    assert "No one here fits everything you chose. Marisol Averidge comes closest." in said


def test_someone_who_left_is_not_among_them(client, people):
    Therapist.objects.filter(slug="jonah-pellwick").update(accepting=False, retired_on="2026-11-01")
    assert names(client.post("/fit/")) == ["Marisol Averidge", "Wren Tashiro-Bell"]


def test_nobody_is_here(client, people):
    Therapist.objects.update(accepting=False, retired_on="2026-11-01")
    assert [question.name for question in client.get("/fit/").context["questions"]] == [
        "format",
        "time",
    ]
    said = words(client.post("/fit/", {"format": "online"}))
    assert "No one here takes new people now." in said
    assert "Not sure? We will suggest someone." in said


# Bad input


@pytest.mark.parametrize(
    ("body", "content_type"),
    [
        (b"", ""),
        (b"{}", "application/json"),
        (b"service=couples-counseling", "text/plain"),
        (b"service=\xff\xfe&language=%ff%00&&&=&==&service", "application/x-www-form-urlencoded"),
        (b"service=x", "application/x-www-form-urlencoded; charset=base64"),
        (b"service=x", "application/x-www-form-urlencoded; charset=\xc3\xa9"),
        (b"--x\r\nContent-Disposition: form-data; name", BOUNDARY),
        (b"--x\r\nContent-Disposition: form-data; name=service; filename=a\r\n\r\nb\r\n--x--",
         BOUNDARY),
        (b"nothing of the kind", "multipart/form-data"),
        (b"&".join(b"a%d=1" % n for n in range(3000)), "application/x-www-form-urlencoded"),
        (b"time=" + b"a" * 60_000, "application/x-www-form-urlencoded"),
        (b"service[]=couples-counseling&service.=1", "application/x-www-form-urlencoded"),
    ],
)  # fmt: skip
def test_what_cannot_be_read_has_chosen_nothing(client, people, body, content_type):
    response = client.generic("POST", "/fit/", body, content_type=content_type)
    assert response.status_code == 200
    assert response.context["answer"].chosen == ()
    assert len(response.context["answer"].matches) == 3


def test_odd_values_are_left_out_and_shown_nowhere(client, people):
    typed = {
        "service": [ODD, "couples-counseling"],
        "time": ["evening"] * 200,
        "payment": [ODD, ODD],
    }
    response = client.post("/fit/", {**typed, ODD: ODD})
    assert response.context["answer"].chosen == ("Couples counseling", "In the evening")
    assert "canary" not in response.content.decode()


@pytest.mark.parametrize(
    "headers",
    [
        {"origin": "https://evil.example"},
        {"origin": "null"},
        {"sec-fetch-site": "cross-site"},
        {"origin": "http://testserver", "sec-fetch-site": "cross-site"},
    ],
)
def test_another_site_is_refused(client, people, headers):
    response = client.post("/fit/", COUPLES, headers=headers)
    assert response.status_code == 403
    assert response.headers["Cache-Control"] == "no-store"
    assert "it seemed to come from another site" in words(response)
    assert "Marisol" not in response.content.decode()


@pytest.mark.parametrize(
    "headers",
    [{}, {"origin": "http://testserver"}, {"origin": "null", "sec-fetch-site": "same-origin"}],
)
def test_our_own_page_and_plain_programs_are_let_in(client, people, headers):
    assert client.post("/fit/", COUPLES, headers=headers).status_code == 200


def test_a_link_from_another_site_may_lead_here(client, people):
    headers = {"sec-fetch-site": "cross-site"}
    assert client.get("/fit/", headers=headers).status_code == 200


@pytest.mark.parametrize("method", ["put", "delete", "patch", "options"])
def test_other_methods_are_not_known(client, people, method):
    assert getattr(client, method)("/fit/").status_code == 405


def test_page_that_is_not_public_is_not_there(client, people):
    Page.objects.get(slug="fit").unpublish(by=None)
    assert [client.get("/fit/").status_code, client.post("/fit/").status_code] == [404, 404]


def test_page_of_another_kind_has_no_questions(client, people):
    Page.objects.filter(slug="fit").update(kind="practice")
    Page.objects.get(slug="fit").publish(by=None)
    assert client.post("/fit/", COUPLES).status_code == 200


# What it takes


@pytest.mark.parametrize("count", [1, 3, 50])
def test_answer_takes_five_queries(client, many, count, django_assert_num_queries):
    many(count)
    with django_assert_num_queries(5):
        response = client.post("/fit/", {**COUPLES, "time": "evening", "format": "online"})
    assert len(response.context["answer"].matches) == count


@pytest.mark.parametrize("count", [1, 3, 50])
def test_questions_take_five_queries(client, many, count, django_assert_num_queries):
    many(count)
    with django_assert_num_queries(5):
        assert len(client.get("/fit/").context["people"]) == count


def test_answer_writes_nothing(client, people):
    said = []

    def hear(execute, sql, params, many, context):
        said.append(sql)
        return execute(sql, params, many, context)

    with connection.execute_wrapper(hear):
        client.post("/fit/", COUPLES)
    assert len(said) == 5
    assert [sql for sql in said if not sql.startswith("SELECT")] == []
