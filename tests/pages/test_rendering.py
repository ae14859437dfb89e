import json
import re
import time
from html.parser import HTMLParser
from pathlib import Path

import pytest
from django.utils.safestring import SafeString
from hypothesis import given, settings
from hypothesis import strategies as st

from pages import phone, rendering
from pages.rendering import (
    ATTRIBUTES,
    TAGS,
    Context,
    Marks,
    Word,
    citations,
    heading_levels,
    keeps,
    links,
    marks,
    plain,
    render,
    use_words,
)

FACTS = {"phone": phone.Number("(503) 555-0142", "+15035550142"), "practice": "Oak <b> & Ash"}


@pytest.fixture
def filling() -> Context:
    return Context(facts=FACTS, numbers={"who": 3, "levy-2018": 5}, own_host="ours.example")


class Elements(HTMLParser):
    """The tags and attributes that a browser would see."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.tags: set[str] = set()
        self.attributes: set[tuple[str, str]] = set()
        self.links: list[str] = []
        self.feed(html)

    def handle_starttag(self, tag, attrs):
        self.tags.add(tag)
        self.attributes |= {(tag, name) for name, _ in attrs}
        self.links += [value for name, value in attrs if name in {"href", "src"}]


def allowed(tag: str) -> set[str]:
    return ATTRIBUTES.get(tag, set()) | ({"class"} if tag == "a" else set())


def assert_safe(html: str) -> None:
    seen = Elements(html)
    assert seen.tags <= TAGS
    assert all(name in allowed(tag) for tag, name in seen.attributes)
    assert not [link for link in seen.links if unsafe(link)]


def unsafe(link: str) -> bool:
    scheme = link.partition(":")[0] if ":" in link.partition("/")[0] else ""
    return scheme.lower() not in {"", "http", "https", "mailto", "sms", "tel"}


def test_render_is_safe_text_of_exact_tags(filling):
    html = render("Plain *soft* **loud** `code`.", filling)
    assert html == "<p>Plain <em>soft</em> <strong>loud</strong> <code>code</code>.</p>\n"
    assert isinstance(html, SafeString)


def test_nothing_else_marks_anything_safe():
    marks = re.compile(r"mark_safe|SafeString\(|format_html|\{\{[^}]*\|safe|autoescape off")
    root = Path(rendering.__file__).parent
    files = [*root.rglob("*.py"), *(root.parent / "templates").rglob("*.html")]
    found = {str(f.relative_to(root.parent)) for f in files if marks.search(f.read_text())}
    assert found == {"pages/rendering.py"}


@pytest.mark.parametrize(
    ("text", "html"),
    [
        ("<script>alert(1)</script>", "<p>&lt;script&gt;alert(1)&lt;/script&gt;</p>\n"),
        ("a <b onclick=x>b</b>", "<p>a &lt;b onclick=x&gt;b&lt;/b&gt;</p>\n"),
        ("[x](javascript:alert(1))", "<p>[x](javascript:alert(1))</p>\n"),
        ("[x](JaVa&#115;cript:alert(1))", "<p>[x](JaVascript:alert(1))</p>\n"),
        ("[x](data:text/html,hi)", "<p>[x](data:text/html,hi)</p>\n"),
        ("[x](data:image/png;base64,AA)", "<p><a>x</a></p>\n"),
        ("[x](ftp://files.example)", '<p><a rel="noreferrer noopener">x</a></p>\n'),
        ("<javascript:alert(1)>", "<p>&lt;javascript:alert(1)&gt;</p>\n"),
        ("![x](http://spy.example/p.png)", '<p>!<a href="http://spy.example/p.png" '
         'rel="noreferrer noopener">x</a></p>\n'),
        ("[x](/a 'say \"hi\" onmouseover=x')", '<p><a href="/a">x</a></p>\n'),
        ("&lt;img src=x onerror=y&gt; &#x3c;b&#x3e;",
         "<p>&lt;img src=x onerror=y&gt; &lt;b&gt;</p>\n"),
        ("null\x00byte", "<p>null�byte</p>\n"),
        ("<!-- hidden -->", "<p>&lt;!-- hidden --&gt;</p>\n"),
        ("```html\n<i>\n```", "<pre><code>&lt;i&gt;\n</code></pre>\n"),
    ],
)  # fmt: skip
def test_render_lets_nothing_unsafe_through(filling, text, html):
    assert render(text, filling) == html


@given(st.text(alphabet="<>&\"'`()[]{}@!#*_-|:;/\\=\n\x00 javscriptdatonlhefmg", max_size=300))
@settings(max_examples=200, deadline=None)
def test_render_stays_safe_whatever_is_typed(text):
    assert_safe(render(text, Context(facts=FACTS, numbers={"a": 1})))


def test_the_cleaner_alone_would_also_stop_raw_html():
    raw = "<p onclick=x>a<script>b</script><a href='javascript:x' class='x citation'>c</a></p>"
    assert rendering.CLEANER.clean(raw) == '<p>a<a class="citation">c</a></p>'


def test_citation_becomes_the_number_of_its_source(filling):
    assert render("They help [@who].", filling) == (
        '<p>They help<a class="citation" href="/sources/#who" aria-label="Source 3">3</a>.</p>\n'
    )


def test_citation_stands_at_its_word_across_a_line_break(filling):
    number = '<a class="citation" href="/sources/#who" aria-label="Source 3">3</a>'
    assert render("They help\n[@who].", filling) == f"<p>They help{number}.</p>\n"


def test_unknown_citation_is_left_out(filling):
    assert render("They help [@nobody].", filling) == "<p>They help.</p>\n"


def test_citations_are_listed_once_in_their_order():
    text = "A [@who], b [@levy-2018] and [@who]. Not `[@code]`, not \\[@escaped].\n\n- [@list]"
    assert citations(text) == ["who", "levy-2018", "list"]


def test_facts_are_filled_in_and_escaped(filling):
    assert render("{practice}, {phone}", filling) == (
        "<p>Oak &lt;b&gt; &amp; Ash, "
        '<a href="tel:+15035550142">(503) 555-0142</a></p>\n'
    )  # fmt: skip


def test_phone_is_plain_inside_a_link_and_in_a_heading(filling):
    assert render("[Call {phone}](/contact/)", filling) == (
        '<p><a href="/contact/">Call (503) 555-0142</a></p>\n'
    )
    assert render("# Call {phone}", filling) == (
        '<h3 id="call-503-555-0142">Call (503) 555-0142</h3>\n'
    )


def test_plain_fills_in_a_heading_without_markup(filling):
    assert plain("Call {phone}, {nobody}", filling) == "Call (503) 555-0142, {nobody}"
    assert not isinstance(plain("{practice}", filling), SafeString)


def test_unknown_fact_stays_as_typed(filling):
    assert render("Ask {nobody}.", filling) == "<p>Ask {nobody}.</p>\n"


def test_marks_are_what_a_text_points_to(filling):
    text = "### {practice}\n\n[a](/b/) [@who] [c](d e) {nobody} [a](/b/) `[f](g h)` [@who]"
    assert marks(text, filling) == Marks(
        citations=["who"],
        facts=["practice", "nobody"],
        links=["/b/"],
        not_links=["[c](d e)"],
    )
    assert filling.ids == {"oak-b-ash"}


@pytest.mark.parametrize(
    ("href", "kept"),
    [
        ("/fees/", True),
        ("https://a.example", True),
        ("tel:988", True),
        ("ftp://a.example", False),
        ("javascript:alert(1)", False),
        ('"><script>', True),
    ],
)
def test_keeps_says_what_cleaning_does(href, kept):
    assert keeps(href) is kept


@pytest.mark.parametrize(
    ("text", "top", "levels"),
    [
        ("### A\n\n#### B\n\n### C", 3, ["h3", "h4", "h3"]),
        ("# A\n\n##### B", 3, ["h3", "h4"]),
        ("#### A\n\n### B", 3, ["h3", "h3"]),
        ("# A\n\n## B", 2, ["h2", "h3"]),
        ("# A\n## B\n### C\n#### D\n##### E\n###### F", 3, ["h3", "h4", "h5", "h6", "h6", "h6"]),
    ],
)
def test_headings_start_at_the_top_and_skip_no_level(filling, text, top, levels):
    html = render(text, filling, top)
    assert [part[:2] for part in html.split("<")[1:] if part.startswith("h")] == levels


def test_anchors_are_unique_on_a_page(filling):
    filling.ids.add("why")
    assert render("### Why\n\n### Why\n\n### ???", filling) == (
        '<h3 id="why-2">Why</h3>\n<h3 id="why-3">Why</h3>\n<h3 id="part">???</h3>\n'
    )


@pytest.mark.parametrize(
    ("link", "rel"),
    [
        ("https://other.example/", ' rel="noreferrer noopener"'),
        ("//other.example/", ' rel="noreferrer noopener"'),
        ("https://ours.example/fees/", ""),
        ("/fees/", ""),
        ("#what-helps", ""),
        ("tel:988", ""),
        ("mailto:a@ours.example", ""),
    ],
)
def test_only_links_to_other_hosts_are_marked(filling, link, rel):
    assert render(f"[x]({link})", filling) == f'<p><a href="{link}"{rel}>x</a></p>\n'


def test_links_are_listed():
    assert links("[a](/fees/#plan) <https://b.example> `[c](/d/)`") == [
        "/fees/#plan",
        "https://b.example",
    ]


def test_definition_list_and_table(filling):
    assert render("Term\n: Meaning", filling) == (
        "<dl>\n<dt>Term</dt>\n<dd>Meaning</dd>\n</dl>\n"
    )  # fmt: skip
    assert render("| a | b |\n|---|--:|\n| 1 | 2 |", filling).replace("\n", "") == (
        '<table><thead><tr><th scope="col">a</th><th scope="col">b</th></tr></thead>'
        "<tbody><tr><td>1</td><td>2</td></tr></tbody></table>"
    )


def test_typography(filling):
    assert render('"It\'s fine" -- and on...', filling) == "<p>“It’s fine” – and on…</p>\n"


@pytest.mark.parametrize(
    "text",
    [
        "|a" * 500 + "|\n" + "|-" * 500 + "|\n" + "|\n" * 5000,
        "[" * 20_000,
        "[@" * 10_000,
        "*a " * 7_000,
        "> " * 10_000,
        "# a\n" * 5_000,
        "{phone" * 3_000,
    ],
    ids=["table", "brackets", "citations", "stars", "quotes", "headings", "facts"],
)
def test_render_of_a_huge_text_takes_no_more_than_a_breath(filling, text):
    started = time.process_time()
    assert_safe(render(text[:20_000], filling))
    assert time.process_time() - started < 5


def table_of(rows: int, columns: int = 5) -> str:
    lines = ["|a" * columns + "|", "|-" * columns + "|", *["|1" * columns + "|"] * rows]
    return "\n".join(lines)


def test_table_that_nobody_could_read_is_text(filling):
    assert render(table_of(500), filling).count("<tr>") == 501
    assert render(table_of(1_000), filling).count("<tr>") == 0
    assert render("|" * 300 + "\n" + "|-" * 300 + "|\n" + "|\n" * 300, filling).count("<td>") == 0


def test_table_ends_before_it_is_counted(filling):
    text = f"{table_of(400)}\n\n" * 3
    assert render(text, filling).count("<table>") == 3


def test_brackets_without_an_end_are_text_and_links_stay_links(filling):
    assert render("[" * 200 + "[a](/x/)", filling).count("<a ") == 1
    assert render("[one] [two] [a](/x/) and [b][c]\n\n[c]: /y/", filling).count("<a ") == 2


@pytest.mark.parametrize(
    ("text", "levels"),
    [("### a\n\n#### b", [3, 4]), ("a\n===\n\nb\n---", [1, 2]), ("no # heading", [])],
)
def test_heading_levels_are_those_that_were_typed(text, levels):
    assert heading_levels(text) == levels


def test_data_block_holds_what_it_was_given_and_ends_only_once():
    data = {"name": "A</script><script>B & <!-- C é"}
    block = rendering.data_block(data)
    opening, closing = '<script type="application/ld+json">', "</script>"
    inside = block.removeprefix(opening).removesuffix(closing)
    assert block == opening + inside + closing
    assert [sign for sign in "<>&" if sign in inside] == []
    assert json.loads(inside) == data


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("**Two** words & a [link](/a/).", "Two words & a link."),
        ("One\n\nTwo", "One Two"),
        ("", ""),
        ("word " * 40, "word " * 29 + "…"),
    ],
)
def test_first_words_are_plain_and_end_with_a_word(text, words):
    assert rendering.first_words(render(text, Context())) == words


# Unusual words

TERMS = {
    "attachment": "A pull.",
    "feeling safe enough to lean on someone (secure attachment)": "Coming close.",
    "settling together (co-regulation)": "Calm helps.",
    "child's play": "Easy.",
    "safe & <b>sound</b>": "Well.",
}


@pytest.fixture
def explaining() -> Context:
    return Context(facts=FACTS, numbers={"who": 3}, terms=TERMS)


def marked(text, context):
    """The words of a text that became links to what they mean."""
    return re.findall(
        r'<a href="#word-[^"]*" id="[^"]*" class="term">([^<]*)', render(text, context)
    )


def test_first_use_of_a_word_leads_to_what_it_means(explaining):
    assert render("An Attachment, and attachment.", explaining) == (
        '<p>An <a href="#word-attachment" id="use-attachment" class="term">Attachment</a>, '
        "and attachment.</p>\n"
    )
    assert explaining.used == {
        "attachment": Word("attachment", "A pull.", "word-attachment", "use-attachment")
    }


def test_word_in_brackets_stands_for_its_plain_phrase(explaining):
    text = "Settling together (co-regulation) helps."
    assert marked(text, explaining) == ["co-regulation"]
    assert list(explaining.used) == ["settling together (co-regulation)"]
    assert explaining.used["settling together (co-regulation)"].anchor == "word-co-regulation"


def test_first_use_is_that_of_the_page(explaining):
    assert marked("Attachment.", explaining) == ["Attachment"]
    assert marked("Attachment again, and co-regulation.", explaining) == ["co-regulation"]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("attachments, attachment-focused, reattachment, attachment_x", []),
        ("(attachment) or attachment’s", ["attachment"]),
        ("a secure attachment", ["secure attachment"]),
        ("secure  attachment and attachment", ["secure  attachment", "attachment"]),
        ("*attachment*", ["attachment"]),
        ("a child's play", ["child’s play"]),
        ("[an attachment](/x/) [x attachment y][1]\n\n[1]: /y/", []),
        ("`attachment`\n\n    attachment\n\n```\nattachment\n```", []),
        ("# Attachment\n\n### attachment", []),
        ("> an attachment", []),
        ('the book "Attachment and Loss"', []),
        ("attachment\n: attachment", ["attachment"]),
        ("| attachment |\n|---|\n| attachment |", ["attachment"]),
        ("- one attachment\n- two attachment", ["attachment"]),
        ("attachment [@who], {practice}", ["attachment"]),
        ("safe & <b>sound</b>", ["safe &amp; &lt;b&gt;sound&lt;/b&gt;"]),
    ],
)
def test_only_whole_words_of_running_text_are_marked(explaining, text, found):
    assert marked(text, explaining) == found


def test_a_word_over_the_break_of_a_line_is_one_link(explaining):
    assert render("secure\nattachment", explaining) == (
        '<p><a href="#word-secure-attachment" id="use-secure-attachment" class="term">secure\n'
        "attachment</a></p>\n"
    )


def test_a_heading_uses_a_word_without_a_link(explaining):
    use_words("Attachment in therapy", explaining)
    assert [(each.word, each.use) for each in explaining.used.values()] == [("attachment", "")]
    assert marked("One attachment.", explaining) == ["attachment"]
    assert explaining.used["attachment"].use == "use-attachment"


def test_anchors_of_words_are_unique_too(explaining):
    html = render("### Word attachment\n\nAttachment\n\n### Use attachment", explaining)
    assert re.findall(r' id="([^"]*)"', html) == [
        "word-attachment",
        "use-attachment-2",
        "use-attachment",
    ]
    assert 'href="#word-attachment-2"' in html


def test_without_words_to_explain_nothing_is_marked(filling):
    assert render("attachment", filling) == "<p>attachment</p>\n"
    assert filling.used == {}


def test_a_page_that_explains_words_is_read_the_same(explaining):
    text = "One attachment [@who], [a link](/x/)."
    assert (citations(text), links(text)) == (["who"], ["/x/"])


@given(st.text(alphabet="<>&\"'`()[]{}*#_-|:\n atchmensuro", max_size=300))
@settings(max_examples=200, deadline=None)
def test_marking_words_stays_safe_whatever_is_typed(text):
    assert_safe(render(text, Context(terms={**TERMS, "a": "b", "(": "c", "x (": "d"})))
