import pytest
from gunicorn.http import errors

from practice_site.gunicorn_worker import unsaid


@pytest.mark.parametrize(
    "error",
    [
        errors.InvalidRequestLine("Quizzaciously"),
        errors.InvalidRequestMethod("Quizzaciously"),
        errors.InvalidHeader("Quizzaciously"),
        errors.InvalidHeaderName("Quizzaciously"),
        errors.LimitRequestHeaders("Quizzaciously"),
        errors.UnsupportedTransferCoding("Quizzaciously"),
    ],
)
def test_error_about_a_request_says_its_name_alone(error):
    assert "Quizzaciously" in str(error)
    assert isinstance(unsaid(error), type(error))
    assert str(unsaid(error)) == type(error).__name__


def test_error_of_the_application_stays_what_it_is():
    error = ValueError("a view broke")
    assert unsaid(error) is error
