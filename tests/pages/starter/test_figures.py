"""Every figure in the starter has a source, and every source is one that a reader can find.

A figure is whatever a reader could ask "says who?" about: any number in digits, a share ("half of",
"one in five", "percent"), what studies find, and how long the law gives someone. It stands in a
sentence that carries a citation. The facts that the practice itself sets are none: its fees come
from tokens, and its minutes, dates and numbers are listed here, page by page.
"""

import re
from collections.abc import Iterator

import pytest

from pages import readability, rendering
from pages import starter as starter_files
from pages.starter.reading import FOLDER, Starter, StarterPage

# What the practice says of itself, in the words that stand on the page.
OWN = {
    "accessibility": ["(WCAG) 2.2"],
    "consumer-health-data": ["18 or older", "within four weeks"],
    "couples-counseling": ["50 minutes", "75 minutes"],
    "family-counseling": ["75 minutes"],
    "fees": ["50 minutes", "75 minutes", "1-800-985-3059"],
    "individual-therapy": ["50 minutes"],
    "not-sure": ["Minutes 2 to 6", "Minutes 7 to 9", "Minutes 10 and 11", "Minutes 12 to 14"],
    "parent-coaching": ["50 minutes"],
    "sources": ["When a page says that research found something"],
    "privacy": ["18 or older"],
}  # fmt: skip
# Sources without an address: books.
BOOKS = {"ainsworth-1978", "bowlby-1988"}
# Sources that no page cites, and that stand on the list for themselves.
FOR_THEMSELVES: set[str] = set()

_SPELLED = (
    "(?:a|one|two|three|four|five|six|seven|eight|nine|ten|twelve|twenty|thirty|forty|fifty|sixty|"
    "ninety|hundred)"
)
_SPAN = rf"\b{_SPELLED}(?:-\w+)? (?:working )?(?:days|weeks|months|years)\b"
FIGURE = re.compile(
    r"(?<!\bcall )(?<!\bdial )(?<!\btext )(?<![\d$£€-])[$£€]?\d[\d.,:-]*"
    rf"|\b{_SPELLED}\W? ?(?:percent|per cent)\b"
    r"|\b(?:half|thirds?|quarters?|most) of (?:all |the )?(?!(?:us|this)\b)"
    r"(?:people|children|women|men|those|\w+s)\b"
    rf"|\b{_SPELLED} (?:in|out of|of every) (?:every )?{_SPELLED}\b"
    r"|\b(?:hundreds|thousands|millions) of\b"
    r"|\b(?:in|from|across) (?:\w+ )?studies\b|\bstud(?:ies|y) (?:finds?|found|shows?|says?)\b"
    r"|(?<![“\"])\bresearch (?:finds|found|shows|says|proves)\b"
    rf"|(?=.*\b(?:law|Act|federal|rule)\b){_SPAN}",
    re.IGNORECASE,
)  # fmt: skip
LEGAL_FIGURE = re.compile(rf"{FIGURE.pattern}|{_SPAN}", re.IGNORECASE)  # here every span is law
CITATIONS = re.compile(r"([.!?…]?)(?:\s*\[@[^\]]*\])+")
CITED = "\N{DAGGER}"
LABEL = re.compile(r"^(?P<term>\S.*)\n: ", re.MULTILINE)
HEADING = re.compile(r"^#+ (.*)$", re.MULTILINE)
ROW = re.compile(r"^\s*\|(.*)$", re.MULTILINE)
ADDRESS = re.compile(r"\[([^\]]*)\]\([^)]*\)|\bcms\.gov/\w+")
DOI = re.compile(r"10\.\d{4,9}/\S+")
ADDRESS_OF_A_SOURCE = re.compile(r"https://[a-z0-9.-]+\.[a-z]{2,}/\S*")


def statements(page: StarterPage) -> Iterator[str]:
    """What the page says, a sentence at a time; † where it cites. Terms belong to what they say."""
    fields = ("title", "heading", "description", "label")
    yield from (page.fields[name] for name in fields)
    yield from (section["heading"] for section in page.sections)
    for text in texts_of(page):
        yield from (match[1] for pattern in (HEADING, ROW) for match in pattern.finditer(text))
        with_terms = LABEL.sub(r": \g<term>: ", text)
        marked = CITATIONS.sub(rf"{CITED}\1", ADDRESS.sub(r"\1", with_terms))
        yield from readability.sentences(readability.plain_text(marked))


def texts_of(page: StarterPage) -> list[str]:
    bodies = [section["body"] for section in page.sections]
    return [page.fields["summary"], page.fields["calm_line"], *bodies]


def without_source(page: StarterPage) -> list[str]:
    """The sentences with a figure of which nobody says whence it comes."""
    pattern = LEGAL_FIGURE if page.fields["kind"] == "legal" else FIGURE
    own = OWN.get(page.fields["slug"], [])
    found = []
    for sentence in statements(page):
        foreign = sentence
        for words in own:
            foreign = foreign.replace(words, "")
        if CITED not in sentence and pattern.search(foreign):
            found.append(sentence)
    return found


def all_without_source(starter: Starter) -> dict[str, list[str]]:
    found = {page.fields["slug"]: without_source(page) for page in starter.pages}
    return {slug: sentences for slug, sentences in found.items() if sentences}


def cited_in(starter: Starter) -> set[str]:
    return {
        key
        for page in starter.pages
        for text in texts_of(page)
        for key in rendering.citations(text)
    }


def bad_links(starter: Starter) -> list[str]:
    """The keys of sources that a reader could not follow."""
    found = []
    for source in starter.sources:
        key, doi, url = source["key"], source["doi"], source["url"]
        whole = not doi or (DOI.fullmatch(doi) and url == f"https://doi.org/{doi}")
        if not whole or (not ADDRESS_OF_A_SOURCE.fullmatch(url) and key not in BOOKS):
            found.append(key)
    return found


def test_every_figure_stands_beside_its_source(starter_read):
    assert all_without_source(starter_read) == {}


@pytest.mark.parametrize(
    ("slug", "old", "new", "found"),
    [
        # a citation taken away
        ("fees", "dispute it [@good-faith-estimate].", "dispute it.",
         "If a bill is $400 or more above the estimate, you can dispute it."),
        ("fees", "to begin [@good-faith-estimate].", "to begin.",
         "You have 120 days from the date on the bill to begin."),
        ("attachment", "with a parent [@madigan-2023].", "with a parent.",
         "About half of babies show a secure pattern with a parent."),
        ("attachment-in-therapy", "better results [@fluckiger-2018].", "better results.",
         "In many studies, and across many kinds of therapy, a good bond between client and "
         "therapist goes with better results."),
        ("attachment-in-therapy", "better results [@levy-2018].", "better results.",
         "Research finds that growing more secure during therapy may go along with better "
         "results."),
        ("for-parents-of-a-teen", "know or agree [@oregon-minors].", "know or agree.",
         "From 14 on: In Oregon a teen can begin on their own, and no parent has to know or "
         "agree."),
        ("privacy-practices", "what happened [@hhs-complaints].", "what happened.",
         "Do that within 180 days of what happened."),
        ("privacy-practices", "six years [@hipaa-privacy-rule].", "six years.",
         "Know whom we told: Ask for a list of those we shared your record with, going back six "
         "years."),
        ("consumer-health-data", "for backups [@wa-my-health].", "for backups.",
         "The law gives us up to six months for backups."),
        # a figure that someone writes in
        ("trauma", "It is slower", "For 40 percent it is slower",
         "For 40 percent it is slower and more ordinary than many of us fear."),
        ("trauma", "It is slower", "One in five say so. It is slower", "One in five say so."),
        ("trauma", "It is slower", "A study found it (r = .28). It is slower",
         "A study found it (r = .28)."),
        ("trauma", "It is slower", "Thousands of people said so. It is slower",
         "Thousands of people said so."),
        ("trauma", "It is slower", "\n\n| a | b |\n|---|---|\n| pairs | 20,720 |\n\nIt is slower",
         " pairs | 20,720 |"),
        ("trauma", "It is slower", "\n\n### What 295 studies say\n\nIt is slower",
         "What 295 studies say"),
        ("individual-therapy", "A session is 50 minutes", "A session is 55 minutes",
         "How long: A session is 55 minutes, most often once a week."),
        ("getting-here", "two minutes on", "2 minutes on",
         "From there it is 2 minutes on a flat sidewalk."),
    ],
)  # fmt: skip
def test_a_figure_without_its_source_is_seen(change, slug, old, new, found):
    text = (FOLDER / f"pages/{slug}.md").read_text(encoding="utf-8")
    at = re.compile(r"\s+".join(map(re.escape, old.split())))
    assert len(at.findall(text)) >= 1
    folder = change(f"pages/{slug}.md", text, at.sub(lambda _: new, text, count=1))
    assert all_without_source(starter_files.read(folder)) == {slug: [found]}


def test_what_the_practice_says_of_itself_still_stands_there(starter_read):
    said = {page.fields["slug"]: " ".join(statements(page)) for page in starter_read.pages}
    unused = {(slug, words) for slug, all_of in OWN.items() for words in all_of}
    assert {(slug, words) for slug, words in unused if words not in said[slug]} == set()


def test_every_citation_has_its_source(starter_read):
    keys = [source["key"] for source in starter_read.sources]
    assert sorted(set(keys)) == sorted(keys)
    assert cited_in(starter_read) - set(keys) == set()


def test_every_source_is_cited_or_stands_for_itself(starter_read):
    keys = {source["key"] for source in starter_read.sources}
    assert keys - cited_in(starter_read) == FOR_THEMSELVES


def test_a_citation_of_nothing_and_a_source_nobody_cites_are_seen(change):
    folder = change("pages/trauma.md", "[@who-ptsd]", "[@nobody-1900]")
    change("pages/attachment.md", "[@opie-2021]", "")
    found = starter_files.read(folder)
    keys = {source["key"] for source in found.sources}
    assert cited_in(found) - keys == {"nobody-1900"}
    assert keys - cited_in(found) == {"opie-2021"}


def test_every_source_leads_to_what_it_names(starter_read):
    assert bad_links(starter_read) == []
    without = {source["key"] for source in starter_read.sources if not source["url"]}
    assert without == BOOKS


@pytest.mark.parametrize(
    ("old", "new", "key"),
    [
        ("doi: 10.1037/pst0000172", "doi: pst0000172", "fluckiger-2018"),
        ("url: https://doi.org/10.1037/pst0000172", "url: https://doi.org/10.1037/other",
         "fluckiger-2018"),
        ("url: https://www.who.int/", "url: http://www.who.int/", "who-ptsd"),
        ("url: https://www.cms.gov/nosurprises/consumers", 'url: ""', "good-faith-estimate"),
        ("url: https://www.cms.gov/nosurprises/", "url: https://cms/", "good-faith-estimate"),
    ],
)  # fmt: skip
def test_a_source_that_leads_nowhere_is_seen(change, old, new, key):
    assert bad_links(starter_files.read(change("sources.yaml", old, new))) == [key]
