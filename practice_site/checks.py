"""Settings that do not go together, for `manage.py check --deploy`."""

from typing import Any

from django.conf import settings
from django.core import checks

from practice_site import contradictions


@checks.register(checks.Tags.security, deploy=True)
def settings_go_together(**_: Any) -> list[checks.CheckMessage]:
    return [_message(found) for found in contradictions.of(settings.ENVIRONMENT)]


def _message(found: contradictions.Contradiction) -> checks.CheckMessage:
    if found.stops:
        return checks.Error(found.sentence, id="practice_site.E001")
    return checks.Warning(found.sentence, id="practice_site.W001")
