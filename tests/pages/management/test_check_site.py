import json

import pytest
from django.core.management import CommandError, call_command
from django.db import connection

from pages.models import Practice, Therapist
from tests.pages.conftest import refuse


def check_site(*arguments):
    """The exit status."""
    try:
        call_command("check_site", *arguments)
    except SystemExit as end:
        return end.code
    return 0


def test_completed_site_is_ready(completed, capsys):
    assert check_site() == 0
    assert capsys.readouterr().out == "Nothing to mend: the site is ready.\n"


def test_starter_site_lists_the_example_and_the_unconfirmed_pages(starter, capsys):
    assert check_site() == 1
    said = capsys.readouterr().out
    for words in (
        "The box “this is the example practice” is still ticked.",
        "Marisol Averidge still has words of the example: ",
        "Openings that nobody here ever confirmed: 8.",
        "“Fees and insurance” is as the example has it.",
        "“Privacy” is not confirmed. It is a draft.",
        "“Accessibility” is not confirmed. It is a draft.",
    ):
        assert words in said


def test_finding_says_what_why_and_where(completed, settings, capsys):
    settings.STAFF_URL = "https://staff.harrowbridge.net"
    therapist = Therapist.objects.first()
    Therapist.objects.filter(pk=therapist.pk).update(licence_number="")
    assert check_site() == 1
    assert capsys.readouterr().out == (
        "Mend before going live (1)\n"
        "\n"
        "License numbers [license-numbers]\n"
        "  People look a therapist up at the board, and many states ask for the number.\n"
        f"  - {therapist.name} has no license number.\n"
        f"    https://staff.harrowbridge.net/staff/pages/therapist/{therapist.pk}/change/\n"
    )


def test_machines_get_the_same(completed, settings, capsys):
    settings.STAFF_URL = "https://staff.harrowbridge.net"
    assert check_site("--json") == 0
    assert json.loads(capsys.readouterr().out) == {"ready": True, "findings": []}
    Practice.objects.update(is_example=True)
    settings.EMAIL_CONFIGURED = False
    assert check_site("--json") == 1
    said = json.loads(capsys.readouterr().out)
    assert said["ready"] is False
    assert said["findings"] == [
        {
            "key": "example-practice",
            "stage": "first",
            "what": "The box “this is the example practice” is still ticked.",
            "why": "While the box is ticked, an upgrade may write the example's words over yours.",
            "where": "Open “Harrow Bridge Counseling”",
            "url": "https://staff.harrowbridge.net/staff/pages/practice/1/change/",
        },
        {
            "key": "mail",
            "stage": "first",
            "what": "No mail server is set.",
            "why": "Staff learn of a new request by mail. "
            "Now it is written to files that nobody opens.",
            "where": "EMAIL_URL",
            "url": "",
        },
    ]


def test_database_that_is_away_is_said_in_one_sentence(practice, capsys):
    with connection.execute_wrapper(refuse), pytest.raises(CommandError) as away:
        call_command("check_site", "--json")
    assert away.value.returncode == 2
    assert str(away.value) == (
        "The database does not answer, so nothing was checked. "
        "Check DATABASE_URL and that the server runs."
    )
    assert capsys.readouterr().out == ""
