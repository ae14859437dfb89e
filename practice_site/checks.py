"""Settings that do not go together, for `manage.py check --deploy`."""

from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage, Error, Tags, Warning, register

from practice_site import contradictions


@register(Tags.security, deploy=True)
def settings_go_together(**_: Any) -> list[CheckMessage]:
    return [_message(found) for found in contradictions.of(settings.ENVIRONMENT)]


def _message(found: contradictions.Contradiction) -> CheckMessage:
    if found.stops:
        return Error(found.sentence, id="practice_site.E001")
    return Warning(found.sentence, id="practice_site.W001")
