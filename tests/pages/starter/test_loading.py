import re

import pytest

from pages.models import (
    CrisisLine,
    Edition,
    Opening,
    Page,
    Practice,
    Service,
    SiteRevision,
    Source,
    StarterText,
    Term,
    Therapist,
)
from pages.starter import StarterError, load, read


def counts() -> dict[str, int]:
    models = (CrisisLine, Edition, Opening, Page, Practice, Service, Source, Term, Therapist)
    return {model.__name__: model.objects.count() for model in models}


def test_load_writes_all_and_publishes_each_page(db, starter_folder):
    files = read(starter_folder)
    load(files)
    assert counts() == {
        "CrisisLine": sum(len(region["lines"]) for region in files.regions),
        "Edition": len(files.pages),
        "Opening": len(files.tables["openings"]),
        "Page": len(files.pages),
        "Practice": 1,
        "Service": 4,
        "Source": len(files.sources),
        "Term": len(files.words),
        "Therapist": 3,
    }
    assert list(Edition.objects.exclude(number=1, by=None)) == []
    assert Edition.objects.public().count() == len(files.pages)


def test_load_writes_the_facts_as_they_stand(starter):
    practice = Practice.current()
    assert (practice.name, practice.is_example) == ("Footbridge Lane Therapy", True)
    assert practice.hours_in_words == "Monday to Friday, 9 to 5"
    assert practice.holidays.earliest("date").name == "Veterans Day"
    hotline = CrisisLine.objects.get(name="National Domestic Violence Hotline")
    assert (hotline.call, hotline.text_number, hotline.text_word) == (
        "18007997233",
        "88788",
        "START",
    )
    assert Service.objects.earliest("position").page == Page.objects.get(slug="individual-therapy")
    assert [each.slug for each in Therapist.objects.all()] == [
        "marisol-averidge",
        "jonah-pellwick",
        "wren-tashiro-bell",
    ]


def test_load_again_writes_nothing(starter, starter_folder):
    before, revision = counts(), SiteRevision.current()
    assert load(read(starter_folder)) == []
    assert (counts(), SiteRevision.current()) == (before, revision)


def test_load_brings_changed_words_to_an_untouched_page(starter, change, client):
    folder = change("pages/trauma.md", "title: The role of trauma", "title: Another title")
    assert load(read(folder)) == ["page:trauma"]
    assert client.get("/trauma/").context["page"].title == "Another title"
    assert Edition.objects.filter(page__slug="trauma").count() == 2


def test_load_leaves_a_page_that_staff_edited(starter, change):
    page = Page.objects.get(slug="trauma")
    page.sections.filter(heading="What helps").update(body="Our own words.")
    folder = change("pages/trauma.md", "title: The role of trauma", "title: Another title")
    assert load(read(folder)) == []
    page.refresh_from_db()
    assert page.title == "The role of trauma"
    assert page.sections.get(heading="What helps").body == "Our own words."


def test_load_leaves_a_page_that_staff_saved_without_a_change(starter, change):
    Page.objects.filter(slug="trauma").update(version=1)
    folder = change("pages/trauma.md", "title: The role of trauma", "title: Another title")
    assert load(read(folder)) == []


@pytest.mark.parametrize("verb", ["publish", "unpublish"])
def test_load_leaves_a_page_that_staff_showed_or_took_off(starter, change, editor, verb):
    getattr(Page.objects.get(slug="trauma"), verb)(by=editor)
    folder = change("pages/trauma.md", "title: The role of trauma", "title: Another title")
    assert load(read(folder)) == []
    assert Page.objects.get(slug="trauma").title == "The role of trauma"


def test_load_leaves_a_page_that_staff_moved(starter, change, editor):
    Page.objects.get(slug="trauma").move("role-of-trauma", by=editor)
    folder = change("pages/trauma.md", "title: The role of trauma", "title: Another title")
    before = counts()
    assert load(read(folder)) == []
    assert (counts(), Page.objects.get(slug="role-of-trauma").title) == (
        before,
        "The role of trauma",
    )


def test_load_goes_on_where_staff_took_a_page_off(starter, change, editor):
    Page.objects.get(slug="fees").unpublish(by=editor)
    folder = change("pages/trauma.md", "title: The role of trauma", "title: Another title")
    assert load(read(folder)) == ["page:trauma"]


def test_load_leaves_a_practice_that_staff_saved(starter, change):
    Practice.objects.update(version=1)
    folder = change("practice.yaml", "fee: $140 to $180", "fee: $1")
    assert load(read(folder)) == []
    assert Practice.current().fee == "$140 to $180"


def test_load_brings_changed_facts_to_an_untouched_practice(starter, change):
    folder = change("practice.yaml", "fee: $140 to $180", "fee: $150")
    assert load(read(folder)) == ["practice"]
    assert Practice.current().fee == "$150"
    assert Practice.current().opening_hours.count() == 5


def test_load_leaves_hours_that_staff_changed(starter, change):
    Practice.current().opening_hours.filter(weekday=4).delete()
    folder = change("practice.yaml", "fee: $140 to $180", "fee: $150")
    assert load(read(folder)) == []
    assert Practice.current().hours_in_words == "Monday to Thursday, 9 to 5"


def test_load_leaves_a_row_that_staff_changed_and_updates_the_others(starter, change):
    Therapist.objects.filter(slug="jonah-pellwick").update(fees="$1")
    change("practice.yaml", "pronouns: he/him", "pronouns: he")
    folder = change("practice.yaml", "pronouns: she/her", "pronouns: she")
    assert load(read(folder)) == ["therapist:marisol-averidge"]
    said = dict(Therapist.objects.values_list("slug", "pronouns"))
    assert (said["jonah-pellwick"], said["marisol-averidge"]) == ("he/him", "she")


def test_load_does_not_bring_back_what_staff_deleted(starter, starter_folder):
    Opening.objects.filter(therapist__slug="jonah-pellwick").delete()
    Therapist.objects.filter(slug="jonah-pellwick").delete()
    CrisisLine.objects.filter(group="more").delete()
    before = counts()
    assert load(read(starter_folder)) == []
    assert counts() == before


def test_load_leaves_what_staff_made_under_the_same_name(db, starter_folder):
    Source.objects.create(key="who-ptsd", authors="Us", year=2026, title="Ours", statement="S")
    load(read(starter_folder))
    assert Source.objects.get(key="who-ptsd").title == "Ours"


def test_load_writes_nothing_once_the_practice_is_no_example(starter, change):
    Practice.objects.update(is_example=False)
    StarterText.objects.filter(key="page:trauma").delete()
    folder = change("pages/trauma.md", "title: The role of trauma", "title: Another title")
    assert load(read(folder)) == []
    assert Page.objects.get(slug="trauma").title == "The role of trauma"


@pytest.mark.parametrize(
    ("name", "old", "new", "complaint"),
    [
        ("pages/trauma.md", "illustration: fence", "illustration: horse",
         "trauma.md, line 2: illustration: Value 'horse' is not a valid choice."),
        ("pages/trauma.md", "[@who-ptsd]", "[@nobody-1900]",
         r"trauma.md, line \d\d: .*: no source is on file for \[@nobody-1900\]. .*"),
        ("pages/trauma.md", "](/attachment/)", "](/nowhere/)",
         r"trauma.md, line \d\d: .*: the link /nowhere/ leads nowhere: .*"),
        ("practice.yaml", "time_zone: America/Los_Angeles", "time_zone: Mars/Olympus",
         'practice.yaml, line 5: time_zone: Name a time zone such as "America/Los_Angeles".'),
        ("glossary.yaml", "word: shelter", "word: " + "s" * 61,
         "glossary.yaml, line \\d+: word: Ensure this value has at most 60 characters.*"),
        ("sources.yaml", "year: 1988", "year: long ago",
         "sources.yaml, line \\d+: year: “long ago” value must be an integer."),
    ],
)  # fmt: skip
def test_load_tells_what_the_models_refuse(db, change, name, old, new, complaint):
    folder = change(name, old, new)
    with pytest.raises(StarterError) as told:
        load(read(folder))
    assert re.fullmatch(complaint, str(told.value))
    assert counts() == dict.fromkeys(counts(), 0)


def test_load_leaves_a_word_that_staff_explain_otherwise(starter, change):
    Term.objects.filter(word="trauma").update(meaning="Our own words.")
    Term.objects.filter(word="pattern").delete()
    folder = change("glossary.yaml", "meaning: What stays with us", "meaning: All that stays")
    folder = change("glossary.yaml", "meaning: Someone we can leave", "meaning: A person to leave")
    assert load(read(folder)) == ["term:secure base"]
    assert Term.objects.get(word="trauma").meaning == "Our own words."
    assert not Term.objects.filter(word="pattern").exists()
