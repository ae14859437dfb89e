"""Codes that open nothing, over real HTTP: what comes back does not tell which kind it is."""

from benchmarks.receipts import KINDS, asked, dead_codes


def test_every_code_that_opens_nothing_gets_the_same_bytes(site):
    answers, _ = asked(site, dead_codes(site), 20)
    ((status, _, body),) = set().union(*answers.values())
    assert (status, b"That code did not open anything." in body) == (422, True)
    assert [len(answers[kind]) for kind in KINDS] == [1] * 4
