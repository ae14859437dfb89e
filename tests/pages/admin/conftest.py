from collections.abc import Iterator

import pytest
from zeal import zeal_ignore


@pytest.fixture(autouse=True)
def rows_of_an_inline() -> Iterator[None]:
    """Django's own inlines look each of their rows up when a form comes back."""
    models = ("pages.Section", "pages.OpeningHours", "pages.Holiday")
    with zeal_ignore([{"model": model, "field": "get()"} for model in models]):
        yield
