from pages.models import Source


def test_numbers_follow_the_order_of_the_list(source):
    for key, authors, year in (("b", "Bowlby, J.", 1969), ("a", "Ainsworth, M.", 1978)):
        Source.objects.create(key=key, authors=authors, year=year, title="T", statement="S")
    assert [each.key for each in Source.objects.all()] == ["a", "b", "bowlby"]
    assert Source.numbers() == {"a": 1, "b": 2, "bowlby": 3}


def test_link_prefers_the_doi(source):
    assert source.link == ""
    source.url = "https://books.example"
    assert source.link == "https://books.example"
    source.doi = "10.1037/x"
    assert source.link == "https://doi.org/10.1037/x"
