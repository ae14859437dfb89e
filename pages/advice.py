"""What would make a draft better, said while it is written. Advice, never a block.

Pure: the content of a page and the facts of the practice in, sentences for staff out.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise

from pages import readability, rendering
from pages.showing import Content, rendering_context
from pages.site import Site

HIGHEST_GRADE = 8
FIELDS = ("title", "heading", "description", "summary", "calm_line")
ENOUGH_WORDS = 20  # of a part, for its grade to mean something

_SPELLED = (
    "one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|fifteen|twenty|thirty|forty|"
    "fifty|sixty|seventy|eighty|ninety|hundred"
)
_NUMBER = rf"(?:(?<![$£€\d.,-])\d[\d,]*(?:\.\d+)?|\b(?:{_SPELLED})\b)"
_TIME = r"(?:seconds?|minutes?|hours?|days?|weeks?|months?|years?|sessions?|steps?|times?)\b"
_BETWEEN = rf"(?:\s+(?!of\b|to\b|in\b|and\b|or\b|{_TIME})[\w’'-]+)"
_PEOPLE = (
    r"(?:people|persons|adults|children|babies|infants|toddlers|kids|teens|teenagers|adolescents|"
    r"students|parents|mothers|fathers|caregivers|couples|partners|families|women|men|girls|boys|"
    r"veterans|patients|clients|americans|therapists|households)\b"
)
_RESEARCH = (
    r"(?:studies|trials|reviews|meta-analyses|participants|samples|respondents|cohorts|experiments|"
    r"surveys|papers)\b"
)
_MANY = r"(?:(?<![$£€\d.,-])(?!(?:19|20)\d\d\b)\d[\d,]*\d\b|\b(?:hundreds?|thousands?|millions?)\b)"
_OF_A_PRICE = r"(?!\s+(?:off\b|discount|of (?:the|your|our|each|that|a) (?:fee|cost|price|bill)))"

# A figure someone could ask "says who?" about. Years, prices, ages, times and phone numbers are
# facts of another kind: no pattern below finds them.
FIGURES = tuple(
    re.compile(pattern, re.IGNORECASE)
    for pattern in (
        rf"{_NUMBER}\s*(?:%|percent\b|per cent\b){_OF_A_PRICE}",
        # 1 in 5, three out of ten; not "part 1 of 3" and not "one in 2 days"
        rf"(?<!part )(?<!step )(?<!page )(?<!session ){_NUMBER}\s+(?:in|of|out of)\s+(?:every\s+)?"
        rf"(?!(?:19|20)\d\d\b){_NUMBER}(?!\d)(?!\s+{_TIME})",
        r"(?<![\w$])(?:[a-zβκ]|or|rr|hr)\s*[=<>≤≥]\s*[-−]?\.?\d",  # r = .3, n = 120, p < .01
        rf"{_NUMBER}{_BETWEEN}{{0,3}}\s+{_RESEARCH}|\bone\s+(?:study|trial|review|survey)\b",
        rf"{_MANY}(?:\s+of)?{_BETWEEN}{{0,2}}\s+{_PEOPLE}",
        rf"\b(?:half|thirds?|quarters?|fifths?)\s+(?:of\s+)?(?:all\s+)?{_BETWEEN}{{0,2}}\s*\b{_PEOPLE}",
        rf"{_NUMBER}\s+times\s+(?:(?:as|more|less)\s+(?:likely|common|often|many)|higher|lower|likelier)\b",
        r"\btwice\s+as\s+(?:likely|common|often|high|many)\b",
    )
)
_CITED = "\N{DAGGER}"
_CITATIONS = re.compile(r"(?<!\s)([.!?…]?)(?:\s*\[@[^\[\]]*\])+")
_TABLE_ROW = re.compile(r"^[ \t]*\|(?P<cells>.*[^\W_].*?)\|?[ \t]*$", re.MULTILINE)


@dataclass(frozen=True)
class Advice:
    """`where` names a part: a field of the page, `sections-0` and on, or "" for the whole."""

    kind: str
    where: str
    words: str


@dataclass(frozen=True)
class Part:
    """Words of a page that stand together, with the heading above them where there is one."""

    where: str
    text: str
    heading: str = ""

    @property
    def is_running(self) -> bool:
        return self.where.startswith(("summary", "calm_line", "sections-"))


def advice_on(content: Content, site: Site) -> list[Advice]:
    """In the order of the page, what concerns all of it first."""
    parts = parts_of(content, rendering_context(site))
    found = [*on_description(content), *on_grade(parts), *on_drawings(content)]
    found += [advice for part in parts for advice in on_part(part)]
    order = ["", "title", "heading", "description", "illustration"]
    order += [part.where for part in parts]
    return sorted(found, key=lambda advice: order.index(advice.where))


def parts_of(content: Content, context: rendering.Context) -> list[Part]:
    """From the top down, with facts of the practice filled in."""
    fields = [(name, content[name], "") for name in FIELDS]
    fields += [
        (f"sections-{place}", section["body"], section["heading"])
        for place, section in enumerate(content["sections"])
    ]
    return [
        Part(where, rendering.plain(text, context), rendering.plain(heading, context))
        for where, text, heading in fields
    ]


def reading_of(content: Content, site: Site) -> readability.Report:
    """How the running text of a page reads."""
    return reading(parts_of(content, rendering_context(site)))


def reading(parts: list[Part]) -> readability.Report:
    return readability.report("\n\n".join(part.text for part in parts if part.is_running))


def on_part(part: Part) -> Iterator[Advice]:
    if part.where.startswith("sections-"):
        yield from on_section(part)
    if part.is_running:
        yield from on_sentences(part)
        yield from on_figures(part)
    for word in readability.report(f"{part.heading}\n\n{part.text}").avoided:
        said = "An exclamation mark raises the voice" if word == "!" else f"“{word}” stands here"
        yield Advice("word", part.where, f"{said}; the voice of this site does without it.")


def on_description(content: Content) -> Iterator[Advice]:
    if not content["description"].strip():
        words = "There is no description, so search engines pick some words by themselves."
        yield Advice("description", "description", words)


def on_grade(parts: list[Part]) -> Iterator[Advice]:
    """Of the whole page, with the place where it helps most to begin."""
    running = [part for part in parts if part.is_running]
    grade = reading(parts).grade
    if grade <= HIGHEST_GRADE:
        return
    hardest = max(running, key=grade_of)
    words = f"The page reads at grade {grade:g}; {HIGHEST_GRADE} or below is the aim."
    where = hardest.where if grade_of(hardest) > HIGHEST_GRADE else ""
    more = " This part is the hardest. Shorter sentences and shorter words bring it down."
    yield Advice("grade", where, words + (more if where else ""))


def grade_of(part: Part) -> float:
    report = readability.report(part.text)
    return report.grade if report.words >= ENOUGH_WORDS else 0


def on_sentences(part: Part) -> Iterator[Advice]:
    for sentence in readability.report(part.text).long_sentences:
        length = len(readability.WORD.findall(sentence))
        yield Advice("sentence", part.where, f"One sentence has {length} words: {quoted(sentence)}")


def on_figures(part: Part) -> Iterator[Advice]:
    for sentence in cited_sentences(part.text):
        if _CITED not in sentence and any(figure.search(sentence) for figure in FIGURES):
            words = f"A figure without a source: {quoted(sentence)} Cite one, as [@key]."
            yield Advice("figure", part.where, words)


def on_section(part: Part) -> Iterator[Advice]:
    if not part.text.strip():
        words = "This section has no words yet. Write some, or remove it."
        yield Advice("empty", part.where, words)
    levels = rendering.heading_levels(part.text)
    before = [min(levels, default=1) - 1, *levels]
    if any(after > level + 1 for level, after in pairwise(before)):
        words = "A heading skips a level: after ### comes ####, not #####."
        yield Advice("headings", part.where, words)


def on_drawings(content: Content) -> Iterator[Advice]:
    places = [("illustration", content["illustration"])]
    places += [
        (f"sections-{n}", section["drawing"]) for n, section in enumerate(content["sections"])
    ]
    seen: set[str] = set()
    for where, drawing in places:
        if drawing in seen:
            words = f"The drawing “{drawing}” stands on this page already. Once is enough."
            yield Advice("drawing", where, words)
        seen |= {drawing} - {""}


def cited_sentences(markdown: str) -> list[str]:
    """Sentences and table rows as plain text, with a dagger in each that cites a source."""
    marked = _CITATIONS.sub(rf" {_CITED}\1", markdown)
    rows = [match["cells"] for match in _TABLE_ROW.finditer(marked)]
    blocks = [readability.plain_text(text) for text in (marked, *rows)]
    return [sentence for block in blocks for sentence in readability.sentences(block)]


def quoted(sentence: str, longest: int = 160) -> str:
    short = sentence if len(sentence) <= longest else f"{sentence[:longest].rsplit(' ', 1)[0]} …"
    return f"“{short}”"
