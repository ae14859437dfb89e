"""How hard a page is to read. Pure: text in, numbers out; nothing here knows about Django.

Headings, tables and the terms of a definition list are left out of the count. They are labels,
not sentences, and counting them would flatter the grade. A list item ends its own sentence.
"""

import re
import unicodedata
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise

LONGEST_SENTENCE = 25

# What the voice of the site does without: orders, labels, promises and worn images.
AVOIDED = (
    "should", "just", "simply", "always", "you will heal", "reach out today",
    "safe space", "hold space", "unpack", "toxic", "trauma bond", "your style is",
    "broken", "damaged", "victim of", "victims of", "suffer from", "suffers from",
    "guaranteed", "cure", "cures", "cured", "scientifically proven",
    "rewire", "rewires", "rewired", "rewiring", "wired", "wiring", "battery", "batteries",
    "journey", "journeys", "toolbox", "toolkit", "battle", "battles",
)  # fmt: skip

# Words of this site that the rules below get wrong.
COUNTED_BY_HAND = {
    1: "ache aisle friend isle league priest tongue",
    2: "argue argued brilliant business canyon chaos creature cruel elsewhere evening every fluid"
    " fuel haven't hundred hygiene interest maybe museum naked poem poet ruin ruined sacred"
    " several soldier tired wednesday wicked",
    3: "area beloved element everyday everyone everything everywhere familiar genuine idea"
    " interested interesting recipe suicide video wherever whoever",
    4: "cooperate coordinate diabetes intuition preoccupied simultaneous spontaneous",
}
SYLLABLES = {word: count for count, words in COUNTED_BY_HAND.items() for word in words.split()}

# An e in the middle that is written and not said: safely, careful, sometimes.
SILENT_INSIDE = re.compile(
    r"(?<=[^aeiouy])e(?=(?:ly|ful|fully|less|lessly|ness|liness|ment|ments)$)"
    r"|^(?:some|there|where|home|life|time|safe|care|whole|house|voice|note|nine|one)"
    r"(?=[^aeiouyrsd]|self)"
)
# An e at the end that is not said: shore, takes, called; but table, boxes, needed.
SILENT_END = re.compile(r"(?<![aeiouy])(?<![bcdfgkpstz]l)(?:e|(?<![scgzx])(?<![sc]h)es)$")
SILENT_ED = re.compile(r"(?<![aeiouytd])(?<![bcdfgkpstz]l)ed$")
SILENT_GUE = re.compile(r"(?<=[aeiou]g)ues?$")
# Neighboring vowels that are said apart.
SAID_APART = re.compile(
    r"[aeiouy](?=ing(?:s|ly)?$)"  # being, going, staying
    r"|[aeiou]y(?=[aou]|e(?!d$|s?$))"  # beyond, player
    r"|(?<=[a-z])(?<![aeiou])y(?=[aou])"  # anyone
    r"|(?<![cst])i(?=a(?!ge))|(?<=[ct])i(?=at)"  # reliable, appreciate; not social, marriage
    r"|(?<![cstgxnl])io|(?<=[cstgxnl])io(?![nu])"  # period, violence; not session, anxious
    r"|ie(?=t)|(?<![tcr])ie(?=n)|(?<=[pe]r)ie(?=n)|ier(?=s?$)|iest$|iu"  # quiet, client, easier
    r"|(?<!g)u(?=a|en|ou|ity)"  # usual, influence, continuous
    r"|creat|^rea(?=ct|ss|pp|li)|theor"  # create, react, reality, theory
    r"|is(?=ms?$)|thm"  # autism, rhythm
)

WORD = re.compile(r"[^\W_]+(?:['’.,-][^\W_]+)*")
SENTENCE_END = re.compile(
    r"(?:(?<=[.!?…])|(?<=[.!?…][\"”’)]))(?<!\bDr\.)(?<!\bMr\.)(?<!\bMs\.)(?<!\bvs\.)"
    r"\s+(?=[\"“‘(]*[^\Wa-z_])"
)
LEFT_OUT = re.compile(r"\s*(?:#{1,6}\s|\||(?:[-*_]\s*){3,}$)")
BLOCK_MARK = re.compile(r"^\s*(?:[-*+]|\d+[.)]|:|>)\s+")
DEFINITION = re.compile(r":\s")
# None of them looks far ahead from every place, however odd the text.
INLINE = (
    (re.compile(r"<!--.{0,2000}?-->|</?[a-z][^<>]*>", re.DOTALL), ""),
    (re.compile(r"(?<!\s)\s*\[@[^\[\]]*\]"), ""),
    (re.compile(r"!?\[([^\[\]]*)\]\([^)]{0,2000}\)"), r"\1"),
    (re.compile(r"(?<!\s)\s*\{[^{}]*\}"), ""),
    (re.compile(r"[*_`\\]+"), ""),
)


@dataclass(frozen=True)
class Report:
    """`mean_sentence` and `longest_sentence` count words; `long_sentences` are over 25."""

    grade: float
    words: int
    mean_sentence: float
    longest_sentence: int
    long_sentences: list[str]
    avoided: list[str]


def report(markdown: str) -> Report:
    text = plain_text(markdown)
    lengths = {sentence: len(_words(sentence)) for sentence in sentences(text)}
    words = len(_words(text))
    return Report(
        grade=grade(text),
        words=words,
        mean_sentence=round(words / max(len(sentences(text)), 1), 1),
        longest_sentence=max(lengths.values(), default=0),
        long_sentences=[s for s, length in lengths.items() if length > LONGEST_SENTENCE],
        avoided=_avoided(markdown),
    )


def grade(text: str) -> float:
    """Flesch-Kincaid grade (Kincaid et al. 1975) of plain text, to one decimal; 0 for none."""
    words = _words(text)
    if not words:
        return 0.0
    mean_words = len(words) / len(sentences(text))
    mean_syllables = sum(map(syllables, words)) / len(words)
    return round(0.39 * mean_words + 11.8 * mean_syllables - 15.59, 1)


def sentences(text: str) -> list[str]:
    """Sentences of plain text. A blank line ends one even where the full stop is missing."""
    blocks = (" ".join(block.split()) for block in re.split(r"\n\s*\n", text))
    found = (sentence for block in blocks for sentence in SENTENCE_END.split(block))
    return [sentence for sentence in found if _words(sentence)]


def plain_text(markdown: str) -> str:
    """Running text without marks, citations and `{tokens}`; blocks are a blank line apart."""
    blocks: list[list[str]] = [[]]
    for line, following in pairwise([*markdown.splitlines(), ""]):
        label = LEFT_OUT.match(line) or DEFINITION.match(following)
        if label or not line.strip() or BLOCK_MARK.match(line):
            blocks.append([])
        if not label:
            blocks[-1].append(BLOCK_MARK.sub("", line, count=1).strip())
    return "\n\n".join(filter(None, (_without_marks(" ".join(block)) for block in blocks)))


@lru_cache(maxsize=16_384)
def syllables(word: str) -> int:
    """Syllables of one word as it is said in US English; a figure has one a digit, at most four."""
    return sum(map(_syllables_of_part, re.split(r"[-.,]", _plain_letters(word))))


def _syllables_of_part(word: str) -> int:
    if word.isdigit() or not re.search(r"[aeiouy']", word):  # figures, and letters as in PTSD
        return min(len(word), 4)
    known = SYLLABLES.get(word) or SYLLABLES.get(word.removesuffix("s"))
    return known or _syllables_by_rule(word)


def _syllables_by_rule(word: str) -> int:
    stem, _, ending = word.partition("'")
    stem = stem.replace("qu", "q")
    if ending == "t" and stem.endswith("n"):
        return _syllables_of_part(stem[:-1]) + (stem[-2:-1] not in "aeiou")
    count = len(re.findall(r"[aeiouy]+", stem)) + len(SAID_APART.findall(stem))
    for silent in (SILENT_INSIDE, SILENT_END, SILENT_ED, SILENT_GUE):
        count -= len(silent.findall(stem))
    hissed = ending == "s" and re.search(r"(?:[sxz]|[cs]h|[cgsz]e)$", stem)
    return max(count, 1) + bool(hissed)


def _plain_letters(word: str) -> str:
    decomposed = unicodedata.normalize("NFKD", word.lower().replace("’", "'"))
    return "".join(letter for letter in decomposed if not unicodedata.combining(letter))


def _words(text: str) -> list[str]:
    return WORD.findall(text)


def _without_marks(text: str) -> str:
    for pattern, replacement in INLINE:
        text = pattern.sub(replacement, text)
    return text.strip()


def _avoided(markdown: str) -> list[str]:
    """Words of the list, and "!", that stand anywhere: headings and tables are searched too."""
    text = " ".join(_without_marks(markdown).lower().split())
    found = [word for word in AVOIDED if re.search(rf"\b{word}\b", text)]
    return [*found, "!"] if "!" in text else found
