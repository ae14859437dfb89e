"""Markdown to HTML that is safe to show. The only place that marks anything safe. Pure.

Raw HTML is never read as HTML, and what Markdown makes passes an exact list of what may stay.
`[@key]` becomes the number of a source, `{name}` a fact of the practice, and the first use of an
unusual word a link to what it means.
"""

import json
import re
from collections.abc import Iterable, Iterator, Mapping, MutableMapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from html import unescape
from textwrap import shorten
from typing import Any
from urllib.parse import urlsplit

import nh3
from django.utils.html import escape, format_html, strip_tags
from django.utils.safestring import SafeString, mark_safe
from django.utils.text import slugify
from markdown_it import MarkdownIt
from markdown_it.renderer import RendererHTML
from markdown_it.rules_block import StateBlock, table
from markdown_it.rules_core import StateCore
from markdown_it.rules_inline import StateInline, link
from markdown_it.token import Token
from mdit_py_plugins.deflist import deflist_plugin

from pages import phone

CITATION = re.compile(r"\[@([a-z0-9-]+)\]")
FACT = re.compile(r"\{([a-z_]+)\}")
TABLE_RULE = re.compile(r"[ \t|:-]*[|-][ \t|:-]*")
MOST_CELLS = 5_000
MOST_BRACKETS = 30  # of those that open, within 100 characters
# What could end a script element, as JSON writes it otherwise. JSON means the same with either.
IN_A_SCRIPT = {ord(sign): f"\\u{ord(sign):04X}" for sign in "<>&"}
IN_BRACKETS = re.compile(r"\(([^()]+)\)$")
IN_QUOTES = re.compile(r"“[^“”]*”")
NOT_A_LINK = re.compile(r"\[?[^\[\]]*\]\([^)]*\)?")
NO_LINKS = {"heading", "dt", "th", "blockquote"}
PLAIN = {"text", "softbreak"}
SCHEMES = {"http", "https", "mailto", "sms", "tel"}
TAGS = {
    "a", "blockquote", "br", "code", "dd", "dl", "dt", "em", "h2", "h3", "h4", "h5", "h6", "hr",
    "li", "ol", "p", "pre", "s", "strong", "table", "tbody", "td", "th", "thead", "tr", "ul",
}  # fmt: skip
ATTRIBUTES: dict[str, set[str]] = {
    "*": set(),
    "a": {"href", "rel", "aria-label", "id"},
    "ol": {"start"},
    "th": {"scope"},
    **{f"h{level}": {"id"} for level in range(2, 7)},
}
CLEANER = nh3.Cleaner(
    tags=TAGS,
    attributes=ATTRIBUTES,
    allowed_classes={"a": {"citation", "term"}},
    url_schemes=SCHEMES,
    link_rel=None,
)


@dataclass
class Word:
    """An unusual word that a page uses: its anchor in the list, and that of its first use."""

    word: str
    meaning: str
    anchor: str
    use: str = ""  # where only a heading uses it


@dataclass
class Context:
    """What a text is filled with. `ids` gathers the anchors that one page has used so far, and
    `used` the unusual words; `terms` are all of those, with what they mean."""

    facts: Mapping[str, str] = field(default_factory=dict)
    numbers: Mapping[str, int] = field(default_factory=dict)
    own_host: str = ""
    ids: set[str] = field(default_factory=set)
    next_number: dict[str, int] = field(default_factory=dict)  # of an anchor that is taken
    terms: Mapping[str, str] = field(default_factory=dict)
    used: dict[str, Word] = field(default_factory=dict)

    def claim(self, base: str) -> str:
        """An anchor that the page has not used yet."""
        anchor, number = base, self.next_number.get(base, 2)
        while anchor in self.ids:
            anchor, number = f"{base}-{number}", number + 1
        self.ids.add(anchor)
        self.next_number[base] = number
        return anchor

    def use(self, word: str) -> Word:
        if word not in self.used:
            anchor = self.claim(f"word-{slugify(sought(word)) or 'explained'}")
            self.used[word] = Word(word, self.terms[word], anchor)
        return self.used[word]


def render(text: str, context: Context, top: int = 3) -> SafeString:
    """HTML of a text whose highest heading becomes `h<top>`."""
    html = MARKDOWN.render(text, {"context": context, "top": top})
    return mark_safe(CLEANER.clean(html))  # noqa: S308  # the one place; cleaned just here


def plain(text: str, context: Context) -> str:
    """A heading or title with its facts filled in: text, to be escaped like any other."""
    return FACT.sub(lambda match: str(context.facts.get(match[1], match[0])), text)


def sought(word: str) -> str:
    """What a text says: of "staying on guard (hypervigilance)", the word in brackets."""
    in_brackets = IN_BRACKETS.search(word)
    return in_brackets[1] if in_brackets else word


def use_words(line: str, context: Context) -> None:
    """A heading has no links; what it says of unusual words is listed all the same."""
    for _, word in _found(line, context):
        context.use(word)


@lru_cache
def _finder(words: tuple[str, ...]) -> tuple[re.Pattern[str], dict[str, str]]:
    """A pattern for all of them, longer ones first, and each word under what the pattern finds."""
    by_sought = {_folded(sought(word)): word for word in words}
    longest_first = sorted(by_sought, key=len, reverse=True)
    each = "|".join(
        re.escape(found).replace(r"\ ", r"\s+").replace("'", "['’]") for found in longest_first
    )
    return re.compile(rf"(?<![\w-])(?:{each})(?![\w-])", re.IGNORECASE), by_sought


def _folded(text: str) -> str:
    return " ".join(text.casefold().replace("’", "'").split())


def _found(text: str, context: Context) -> Iterator[tuple[re.Match[str], str]]:
    """The unusual words of a text that are not somebody else's: not in quotation marks."""
    if not context.terms:
        return
    pattern, by_sought = _finder(tuple(context.terms))
    quoted = [match.span() for match in IN_QUOTES.finditer(text)]
    for match in pattern.finditer(text):
        word = by_sought.get(_folded(match[0]))
        if word and not any(start < match.start() < end for start, end in quoted):
            yield match, word


def first_words(html: SafeString, most: int = 150) -> str:
    """The beginning of what was rendered, as plain text that ends with a word."""
    return shorten(unescape(strip_tags(html)), most, placeholder=" …")


def data_block(data: Any) -> SafeString:
    """JSON-LD as an element that no browser runs, whatever stands in the data."""
    block = '<script type="application/ld+json">{}</script>'
    return format_html(block, mark_safe(json.dumps(data).translate(IN_A_SCRIPT)))  # noqa: S308


@dataclass(frozen=True)
class Marks:
    """What a text points to, each in the order of its first mention."""

    citations: list[str]
    facts: list[str]
    links: list[str]
    not_links: list[str]  # looks like a link, and Markdown makes none of it


def marks(text: str, context: Context) -> Marks:
    """Reads a text without making HTML. `context.ids` gathers the anchors of its headings."""
    tokens = list(_walk(text, context))
    hrefs = (str(token.attrs["href"]) for token in tokens if token.type == "link_open")
    failed = (found for token in tokens if token.type == "text" for found in _failed(token))
    return Marks(
        citations=_once(token.meta["key"] for token in tokens if token.type == "citation"),
        facts=_once(FACT.findall(text)),
        links=_once(hrefs),
        not_links=_once(failed),
    )


def citations(text: str) -> list[str]:
    """The keys that a text cites."""
    return marks(text, Context()).citations


def links(text: str) -> list[str]:
    """Where the links of a text lead."""
    return marks(text, Context()).links


def keeps(href: str) -> bool:
    """Whether a link to this address still leads there once the HTML is cleaned."""
    return " href=" in CLEANER.clean(f'<a href="{escape(href)}">x</a>')


def heading_levels(text: str) -> list[int]:
    """The levels of the headings of a text, as they were typed."""
    openings = (token for token in _walk(text, Context()) if token.type == "heading_open")
    return [{"=": 1, "-": 2}.get(token.markup, len(token.markup)) for token in openings]


def _once(names: Iterable[str]) -> list[str]:
    return list(dict.fromkeys(names))


def _failed(token: Token) -> list[str]:
    return NOT_A_LINK.findall(token.content) if "](" in token.content else []


def _walk(text: str, context: Context) -> Iterator[Token]:
    for block in MARKDOWN.parse(text, {"context": context, "top": 3}):
        yield block
        yield from block.children or []


def _read_citation(state: StateInline, silent: bool) -> bool:
    match = CITATION.match(state.src, state.pos, state.posMax)
    if not match or state.linkLevel:
        return False
    if not silent:
        _close_up(state)
        state.push("citation", "", 0).meta = {"key": match[1]}
    state.pos = match.end()
    return True


def _close_up(state: StateInline) -> None:
    """The number stands at its word, also where the text breaks its line between the two."""
    state.pending = state.pending.rstrip(" ")
    if not state.pending and state.tokens and state.tokens[-1].type == "softbreak":
        state.tokens.pop()


def _read_fact(state: StateInline, silent: bool) -> bool:
    match = FACT.match(state.src, state.pos, state.posMax)
    if not match or match[1] not in state.env["context"].facts:
        return False
    if not silent:
        fact = state.push("fact", "", 0)
        fact.meta, fact.content = {"plain": bool(state.linkLevel)}, match[1]
    state.pos = match.end()
    return True


def _fit_headings(state: StateCore) -> None:
    """No level is skipped, and each heading has an anchor of its own."""
    headings = [
        (token, state.tokens[place + 1], state.tokens[place + 2])
        for place, token in enumerate(state.tokens)
        if token.type == "heading_open"
    ]
    lowest = min((_level(opening) for opening, _, _ in headings), default=1)
    before = state.env["top"] - 1
    for opening, line, closing in headings:
        before = min(_level(opening) - lowest + state.env["top"], before + 1, 6)
        opening.tag = closing.tag = f"h{before}"
        opening.attrSet("id", _anchor(line, state.env["context"]))
        for child in line.children or []:
            child.meta = {**child.meta, "plain": True}


def _bounded_table(state: StateBlock, first: int, last: int, silent: bool) -> bool:
    """A table that nobody could read is text: its empty cells would take a second to make."""
    rule = state.getLines(first + 1, first + 2, 0, False)
    if not TABLE_RULE.fullmatch(rule):
        return False
    if rule.count("|") * (_end_of_block(state, first, last) - first) > MOST_CELLS:
        return False
    return table(state, first, last, silent)


def _end_of_block(state: StateBlock, first: int, last: int) -> int:
    """The blank line that ends what begins here; each is looked for once."""
    end: int = state.env.get("end_of_block", 0)
    if end <= first:
        end = next((row for row in range(first + 1, last) if state.isEmpty(row)), last)
        state.env["end_of_block"] = end
    return end


def _bounded_link(state: StateInline, silent: bool) -> bool:
    """An opening bracket with no end in sight is not looked through to the end of the text."""
    near = state.src.count("[", state.pos, state.pos + 100) < MOST_BRACKETS
    ends = state.src.find("](", state.pos) >= 0 or state.env.get("references")
    return bool(near and ends) and link(state, silent)


def _level(token: Token) -> int:
    return int(token.tag[1:])


def _anchor(line: Token, context: Context) -> str:
    return context.claim(slugify(plain(_words(line), context)) or "part")


def _words(line: Token) -> str:
    children = line.children or []
    return "".join(f"{{{c.content}}}" if c.type == "fact" else c.content for c in children)


def _mark_links(state: StateCore) -> None:
    """A link to another host tells it nothing about the page that it stands on."""
    own = {"", state.env["context"].own_host}
    for token in (child for block in state.tokens for child in block.children or []):
        if token.type == "link_open" and urlsplit(str(token.attrs["href"])).netloc not in own:
            token.attrSet("rel", "noreferrer noopener")


def _name_columns(state: StateCore) -> None:
    for token in state.tokens:
        if token.type == "th_open":
            token.attrSet("scope", "col")


def _explain_words(state: StateCore) -> None:
    """The first use of an unusual word becomes a link, outside of headings, labels and quotes."""
    context, within = state.env["context"], 0
    for token in state.tokens if context.terms else ():
        if token.type.removesuffix("_open").removesuffix("_close") in NO_LINKS:
            within += token.nesting
        if token.type == "inline" and token.children and not within:
            token.children = _explained(token.children, context)


def _explained(line: list[Token], context: Context) -> list[Token]:
    """Words may run over the break of a line, so neighbours are read together."""
    explained, plain_run, links = [], [], 0
    for token in line:
        links += token.nesting if token.type.startswith("link_") else 0
        if token.type in PLAIN and not links:
            plain_run.append(token)
            continue
        explained += [*_with_links(plain_run, context), token]
        plain_run = []
    return explained + _with_links(plain_run, context)


def _with_links(run: list[Token], context: Context) -> list[Token]:
    text = "".join(token.content or "\n" for token in run)
    made: list[Token] = []
    end = 0
    for match, word in _found(text, context):
        known = context.use(word)
        if not known.use:
            known.use = context.claim(known.anchor.replace("word-", "use-", 1))
            made += [*_in_lines(text[end : match.start()]), _link_to(known)]
            made += [*_in_lines(match[0]), Token("link_close", "a", -1)]
            end = match.end()
    return [*made, *_in_lines(text[end:])] if made else run


def _link_to(word: Word) -> Token:
    attrs: dict[str, str | int | float] = {"href": f"#{word.anchor}", "id": word.use}
    return Token("link_open", "a", 1, attrs={**attrs, "class": "term"})


def _in_lines(text: str) -> Iterator[Token]:
    for number, line in enumerate(text.split("\n")):
        if number:
            yield Token("softbreak", "br", 0)
        if line:
            yield Token("text", "", 0, content=line)


def _citation(
    renderer: RendererHTML,
    tokens: Sequence[Token],
    place: int,
    options: Any,
    env: MutableMapping[str, Any],
) -> str:
    """The number of the source; nothing where there is none, which staff are told."""
    key = tokens[place].meta["key"]
    number = env["context"].numbers.get(key)
    if number is None:
        return ""
    name = f"Source {number}"
    return f'<a class="citation" href="/sources/#{key}" aria-label="{name}">{number}</a>'


def _fact(
    renderer: RendererHTML,
    tokens: Sequence[Token],
    place: int,
    options: Any,
    env: MutableMapping[str, Any],
) -> str:
    token = tokens[place]
    value = env["context"].facts[token.content]
    if token.meta["plain"] or not isinstance(value, phone.Number):
        return escape(value)
    return f'<a href="tel:{escape(value.link)}">{escape(value)}</a>'


def _markdown() -> MarkdownIt:
    markdown = MarkdownIt("default", {"html": False, "linkify": False, "typographer": True})
    markdown.disable("image").use(deflist_plugin)
    markdown.inline.ruler.at("link", _bounded_link)
    markdown.block.ruler.at("table", _bounded_table, {"alt": ["paragraph", "reference"]})
    markdown.inline.ruler.before("link", "citation", _read_citation)
    markdown.inline.ruler.before("link", "fact", _read_fact)
    for rule in (_fit_headings, _mark_links, _name_columns, _explain_words):
        markdown.core.ruler.push(rule.__name__, rule)
    markdown.add_render_rule("citation", _citation)
    markdown.add_render_rule("fact", _fact)
    return markdown


MARKDOWN = _markdown()
