import pytest

from pages.readability import Report, grade, plain_text, report, sentences, syllables

COUNTED_BY_HAND = {
    1: "aches called could don't friend lives piece shore takes the through tongue we're weren't",
    2: "able argue being beyond boxes business careful client's couldn't couple creature every"
    " gentle handled isn't maybe movement needed people safely settled someone's sometimes tables",
    3: "anyone attachment awareness everyone family genuine idea ideas interested loneliness"
    " practice's quieter safe-enough serious suicide therapist violent whoever 988",
    4: "anxiety appreciate continuous emotional psychiatrist PTSD reality relationship society",
    5: "co-regulation emotionally hypervigilance individual psychological",
}


@pytest.mark.parametrize(
    ("word", "count"),
    [(word, count) for count, words in COUNTED_BY_HAND.items() for word in words.split()],
)
def test_syllables_match_a_count_by_hand(word, count):
    assert syllables(word) == count


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        # 11 words, 1 sentence, 14 syllables: 4.290 + 15.018 - 15.59
        ("Being close to others starts with being on your own side.", 3.7),
        # 11 words, 3 sentences, 16 syllables: 1.430 + 17.164 - 15.59
        ("Does that sound tiring? It is. Nobody can keep watch forever.", 3.0),
        # 22 words, 1 sentence, 27 syllables: 8.580 + 14.482 - 15.59
        (
            "With someone steady behind us, we try things we would have left alone:"
            " the hard talk, the new job, the honest no.",
            7.5,
        ),
        # 8 words, 1 sentence, 31 syllables: 3.120 + 45.725 - 15.59
        ("Emotional regulation necessitates individual psychological awareness of hypervigilance.",
         33.3),
        # 6 words, 1 sentence, 6 syllables: 2.340 + 11.800 - 15.59; a grade can be below zero
        ("We all need to be held.", -1.4),
        ("", 0.0),
    ],
)  # fmt: skip
def test_grade_matches_a_count_by_hand(text, expected):
    assert grade(text) == pytest.approx(expected, abs=0.051)


def test_sentences_end_at_full_stops_questions_and_blank_lines():
    text = "Is it hard? It is. “Stay,” she said. “All right.” Then he left\n\nA line without a stop"

    assert sentences(text) == [
        "Is it hard?",
        "It is.",
        "“Stay,” she said.",
        "“All right.”",
        "Then he left",
        "A line without a stop",
    ]


def test_sentences_run_on_after_titles_numbers_and_small_letters():
    text = "Ask Dr. Lee at 5 p.m. on Monday. It costs $1.50 e.g. in coins. “Do you?” he asked."

    assert sentences(text) == [
        "Ask Dr. Lee at 5 p.m. on Monday.",
        "It costs $1.50 e.g. in coins.",
        "“Do you?” he asked.",
    ]


def test_plain_text_keeps_only_what_is_read_as_a_sentence():
    markdown = """\
## What helps {style: prose, slug: what-helps}

It can be **treated** [@who-ptsd]. Read
[about *trauma*](/trauma/), or call {phone}.

### A smaller heading
- a walk
- a friend
1. Breathe.

> A quiet line

| Format | Cost |
|---|---|
| Online | {fee} |

Staying on guard
: Watching for danger.

---
The end.<!-- not shown -->
"""

    assert plain_text(markdown).split("\n\n") == [
        "It can be treated. Read about trauma, or call.",
        "a walk",
        "a friend",
        "Breathe.",
        "A quiet line",
        "Watching for danger.",
        "The end.",
    ]


def test_report_counts_words_and_finds_words_to_avoid_in_headings_too():
    markdown = "## Your healing Journey\n\nYou should rest.\n\nA cure is not a secure bond!\n"

    assert report(markdown) == Report(
        grade=-0.7,
        words=10,
        mean_sentence=5.0,
        longest_sentence=7,
        long_sentences=[],
        avoided=["should", "cure", "journey", "!"],
    )


def test_report_names_the_sentences_over_25_words():
    of_25 = " ".join(["rest"] * 25) + "."
    of_26 = "A " + of_25

    assert report(f"{of_25}\n\n{of_26}").long_sentences == [of_26]


def test_report_of_nothing_is_all_zero():
    assert report("") == Report(0.0, 0, 0.0, 0, [], [])


def test_link_address_is_neither_read_nor_searched():
    assert report("Read [more](/toxic/should/).").avoided == []
