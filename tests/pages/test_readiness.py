"""Each rule of the pages, by what breaks just that on a completed site; and the registry."""

from datetime import timedelta

import pytest
from django.db import OperationalError, connection, transaction

from pages.models import (
    Attestation,
    CrisisLine,
    Opening,
    Page,
    Practice,
    Region,
    Section,
    Service,
    StarterText,
    Therapist,
)
from pages.readiness import Finding, Stage, Where, findings, report, rule
from pages.readiness.legal import ESTIMATE, FEES, HEALTH_DATA, NOTICE
from pages.readiness.registry import RULES
from tests.pages.conftest import refuse


def owner():
    return Attestation.objects.first().by


def days_ago(days):
    return Practice.current().today() - timedelta(days=days)


def republish(slug, **changes):
    """The page with these changes, shown and confirmed again."""
    Page.objects.filter(slug=slug).update(**changes)
    page = Page.objects.get(slug=slug)
    page.publish(by=owner())
    page = Page.objects.get(slug=slug)
    if page.kind == Page.Kind.LEGAL:
        page.confirm(page.public_edition, by=owner())


def new_page(slug, by, body="Words."):
    page = Page.objects.create(slug=slug, title=slug, heading=slug, reviewed_on=days_ago(0))
    Section.objects.create(page=page, body=body)
    page.publish(by=by)
    return page


def as_the_starter_wrote(row):
    written = StarterText.objects.get(key=f"{row._meta.model_name}:{row.slug}").values
    return {**written, "page": Page.objects.filter(slug=written.get("page")).first()}


def tick_the_example():
    Practice.objects.update(is_example=True)


def forget_the_practice():
    Practice.objects.all().delete()


def take_the_examples_street():
    Practice.objects.update(street=StarterText.objects.get(key="practice").values["street"])


def take_a_number_kept_for_fiction():
    Practice.objects.update(phone="(503) 555-0199")


def write_to_an_example_domain():
    new_page("write", owner(), "Write to hello@lantern.example now.")


def keep_the_examples_words():
    words = as_the_starter_wrote(Therapist.objects.first())["own_words"]
    Therapist.objects.filter(pk=Therapist.objects.first().pk).update(own_words=words)


def keep_the_examples_service():
    service = Service.objects.first()
    Service.objects.filter(pk=service.pk).update(version=0, **as_the_starter_wrote(service))


def load_a_page_that_nobody_reads():
    StarterText.objects.create(key="page:unread", values={})
    new_page("unread", by=None)


def forget_who_confirmed_the_openings():
    Opening.objects.update(confirmed_by=None)


def take_the_confirmation_back():
    Page.objects.filter(slug="privacy").update(
        confirmed_by=None, confirmed_on=None, confirmed_edition=None
    )


def delist_the_privacy_page():
    republish("privacy", group="")


def keep_words_for_longer_than_the_page_says():
    sections = Section.objects.filter(page__slug="privacy", slug="how-long")
    sections.update(body=sections.get().body.replace("{words_kept}", "30 days"))
    republish("privacy")
    Practice.objects.update(words_kept_days=45)


def say_nothing_of_names():
    sections = Section.objects.filter(page__slug="privacy", slug="how-long")
    sections.update(body=sections.get().body.replace("{identity_kept}", "some time"))
    republish("privacy")


def keep_backups_for_longer_than_the_page_says():
    sections = Section.objects.filter(page__slug="privacy", slug="how-long")
    sections.update(body=sections.get().body.replace("{backups_kept}", "35 days"))
    republish("privacy")
    Practice.objects.update(backups_kept_days=60)


def forget_since_when():
    republish(NOTICE, effective_on=None)


def delist_the_notice():
    republish(NOTICE, group="")


def delist_the_health_data_policy():
    republish(HEALTH_DATA, group="")


def lose_the_estimate():
    Section.objects.filter(page__slug=FEES, slug=ESTIMATE).update(slug="elsewhere")
    republish(FEES)


def empty_the_estimate():
    Section.objects.filter(page__slug=FEES, slug=ESTIMATE).update(body=" ")
    republish(FEES)


def hide_the_estimate_from_search():
    republish(FEES, indexable=False)


def delist_the_fees():
    republish(FEES, group="")


def lose_a_license_number():
    Therapist.objects.filter(pk=Therapist.objects.first().pk).update(licence_number="")


def lose_the_line_for_danger():
    """The page that names its number in a sentence is freed of it first."""
    Section.objects.filter(page__slug="help-now").update(body="Words.")
    republish("help-now")
    CrisisLine.objects.filter(group="danger").delete()


def lose_the_line_to_talk():
    CrisisLine.objects.filter(group="talk").delete()


def never_check_a_line():
    CrisisLine.objects.filter(pk=CrisisLine.objects.first().pk).update(checked_on=None)


def check_a_line_long_ago():
    CrisisLine.objects.filter(pk=CrisisLine.objects.first().pk).update(checked_on=days_ago(91))


def let_openings_grow_old():
    Opening.objects.update(confirmed_on=days_ago(Practice.current().openings_fresh_days + 1))


def close_every_channel():
    Practice.objects.update(channels=["own"])


def offer_texts_without_a_number():
    Practice.objects.update(text_number="")


def unpublish_where_buttons_lead():
    """No text links there any more, so that only the buttons miss it."""
    for section in Section.objects.filter(body__contains="(/accessibility/"):
        Section.objects.filter(pk=section.pk).update(
            body=section.body.replace("(/accessibility/", "(/contact/")
        )
        republish(section.page.slug)
    Page.objects.get(slug="accessibility").unpublish(by=owner())


def unpublish_where_a_text_leads():
    aim = new_page("aim", owner())
    new_page("from", owner(), "Read [on](/aim/).")
    assert findings() == []
    aim.unpublish(by=owner())


def lose_a_fact_that_texts_name():
    new_page("pay", owner(), "You pay {fee}.")
    Practice.objects.update(fee="")


def review_two_years_ago():
    republish("privacy", reviewed_on=days_ago(2 * 366))


def never_review():
    republish("privacy", reviewed_on=None)


def vouch_for_backups_long_ago():
    Attestation.objects.filter(subject="backups").update(on=days_ago(31))


BREAKS = {
    "example-practice": [tick_the_example],
    "practice": [forget_the_practice],
    "example-facts": [
        take_the_examples_street,
        take_a_number_kept_for_fiction,
        write_to_an_example_domain,
    ],
    "example-people": [keep_the_examples_words],
    "example-services": [keep_the_examples_service],
    "example-pages": [load_a_page_that_nobody_reads],
    "example-openings": [forget_who_confirmed_the_openings],
    "legal-confirmed": [take_the_confirmation_back],
    "privacy": [delist_the_privacy_page],
    "kept-days": [
        keep_words_for_longer_than_the_page_says,
        say_nothing_of_names,
        keep_backups_for_longer_than_the_page_says,
    ],
    "privacy-practices": [forget_since_when, delist_the_notice],
    "consumer-health-data": [delist_the_health_data_policy],
    "good-faith-estimate": [
        lose_the_estimate,
        empty_the_estimate,
        hide_the_estimate_from_search,
        delist_the_fees,
    ],
    "license-numbers": [lose_a_license_number],
    "crisis-lines-there": [lose_the_line_for_danger, lose_the_line_to_talk],
    "crisis-lines-checked": [never_check_a_line],
    "crisis-lines-fresh": [check_a_line_long_ago],
    "openings-fresh": [let_openings_grow_old],
    "channels": [close_every_channel, offer_texts_without_a_number],
    "pages-led-to": [unpublish_where_buttons_lead],
    "pages-whole": [unpublish_where_a_text_leads, lose_a_fact_that_texts_name],
    "pages-reviewed": [review_two_years_ago, never_review],
    "backups": [vouch_for_backups_long_ago],
}
EACH = [(key, breaks) for key, those in BREAKS.items() for breaks in those]


def test_completed_site_has_nothing_to_mend(completed):
    assert findings() == []


@pytest.mark.parametrize(("key", "breaks"), EACH, ids=[b.__name__ for _, b in EACH])
def test_breaking_one_thing_is_found_as_just_that(completed, key, breaks):
    breaks()
    assert [each.rule.key for each in findings()] == [key]


def test_every_rule_of_the_pages_is_broken_here():
    ours = {key for key, each in RULES.items() if each.judge.__module__.startswith("pages.")}
    assert ours == set(BREAKS)


def test_each_rule_says_why_and_leads_somewhere(starter):
    found = findings()
    assert {each.rule.key for each in found} > {"example-practice", "legal-confirmed", "backups"}
    for each in found:
        assert each.rule.why.endswith(".")
        for finding in each.findings:
            assert finding.what.endswith(".")
            assert finding.where.url.startswith("/staff/") or finding.where.view == ""


@pytest.mark.parametrize(
    ("breaks", "left"),
    [
        (lambda: CrisisLine.objects.update(checked_on=days_ago(90)), []),
        (lambda: Attestation.objects.filter(subject="backups").update(on=days_ago(30)), []),
    ],
    ids=["ninety days", "thirty days"],
)
def test_the_last_day_still_holds(completed, breaks, left):
    breaks()
    assert findings() == left


def test_laws_of_one_country_are_not_asked_of_another(completed):
    elsewhere = Region.objects.create(code="nz-test", name="Elsewhere")
    CrisisLine.objects.filter(region=Practice.current().region).update(region=elsewhere)
    Practice.objects.update(region=elsewhere)
    for slug in (NOTICE, HEALTH_DATA, FEES):
        republish(slug, group="")
    assert findings() == []


def test_a_therapist_who_left_needs_no_number(completed):
    Therapist.objects.update(licence_number="", accepting=False, retired_on=days_ago(0))
    assert [each.rule.key for each in findings()] == []


def test_an_old_address_still_counts(completed):
    page = Page.objects.get(slug=NOTICE)
    page.old_addresses.create(slug=NOTICE)
    Page.objects.filter(pk=page.pk).update(slug="our-notice")
    assert "privacy-practices" not in [each.rule.key for each in findings()]


def test_finding_names_what_it_found(completed):
    Practice.objects.update(phone="(503) 555-0199")
    practice = Practice.current()
    (only,) = findings()
    assert only.rule.stage == Stage.FIRST
    assert only.findings == (
        Finding("The practice: 555-0199 is a number kept for fiction.", Where.screen(practice)),
    )
    assert only.findings[0].where.url == "/staff/pages/practice/1/change/"


def test_gap_in_a_page_is_named(completed):
    unpublish_where_a_text_leads()
    (only,) = findings()
    assert [finding.what for finding in only.findings] == [
        "“from”. In section 1: the link /aim/ leads to “aim”, which is not public. "
        "Show that page first."
    ]


# The registry.


@pytest.fixture
def own_rule():
    """`own_rule(gather, judge)` registers one for a test."""
    keys = []

    def register(gather, judge=lambda facts: [], key="own"):
        rule(key, about="Own", why="Because.", of=gather)(judge)
        keys.append(key)

    yield register
    for key in keys:
        del RULES[key]


def found_by(*keys):
    return {each.rule.key: each.findings for each in report() if each.rule.key in keys}


def test_two_rules_of_one_name_are_refused(own_rule):
    own_rule(int)
    with pytest.raises(ValueError, match="Two rules are called “own”"):
        own_rule(int)


def test_a_rule_that_breaks_says_so_and_hides_no_other(completed, own_rule, caplog):
    def breaks():
        raise RuntimeError("a secret")

    own_rule(breaks)
    take_a_number_kept_for_fiction()
    found = {each.rule.key: each.findings for each in findings()}
    assert list(found) == ["example-facts", "own"]
    (finding,) = found["own"]
    assert finding.what == "This could not be looked at (RuntimeError), so nobody knows."
    assert [line.facts for line in caplog.records] == [{"rule": "own"}]


def test_a_judge_that_breaks_says_so_too(completed, own_rule):
    own_rule(int, judge=lambda facts: 1 / facts)
    assert [each.rule.key for each in findings()] == ["own"]


def test_rules_share_what_is_gathered(db, own_rule):
    calls = []

    def gather():
        calls.append(1)
        return len(calls)

    own_rule(gather, lambda facts: [Finding(str(facts), Where("here"))], key="own")
    own_rule(gather, lambda facts: [Finding(str(facts), Where("here"))], key="other")
    found = found_by("own", "other")
    assert [finding.what for each in found.values() for finding in each] == ["1", "1"]


def test_database_that_is_away_is_no_finding(practice):
    with connection.execute_wrapper(refuse), pytest.raises(OperationalError):
        findings()


def test_table_that_is_not_there_is_a_finding(completed, own_rule):
    """SQLite says of it what it says of a database that is away."""

    @transaction.atomic
    def gather():
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1 FROM no_such_table")

    own_rule(gather)
    assert [each.rule.key for each in findings()] == ["own"]


def test_place_without_a_staff_site_keeps_its_name(settings, practice):
    settings.ROOT_URLCONF = "pages.urls"
    where = Where.screen(practice)
    assert (where.label, where.url) == ("Open “Lantern Street Therapy”", "")
