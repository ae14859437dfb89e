"""What must hold before a process serves or works: the keys are there and are the right ones."""

import logging

from django.conf import settings
from django.db import DatabaseError, InterfaceError

from intake.backup import unfinished
from intake.encryption import WrongKey, keyring
from intake.models import Key
from pages.models.last_known import database_is_away
from practice_site.health import pending_migrations
from practice_site.refusal import refuse

logger = logging.getLogger(__name__)


def refuse_wrong_keys() -> bool:
    """Ends the process with a sentence that names the setting, where a key is missing or wrong.

    True once the keys were checked. With the database away the check waits (False): pages in
    memory go on, and a send looks the key up again before it stores anything.
    """
    if "SECRET_KEY" not in settings.ENVIRONMENT.secrets:
        refuse("SECRET_KEY is not set. Run `manage.py prepare`, or restore it from your backup.")
    if not settings.INTAKE_THROTTLE_KEY:
        refuse("INTAKE_THROTTLE_KEY is not set. Run `manage.py prepare`, which makes or names one.")
    try:
        refuse_unprepared()
        Key.objects.verify(keyring())
    except WrongKey as error:
        refuse(str(error))
    except (DatabaseError, InterfaceError) as error:
        if not database_is_away(error):
            raise
        logger.warning("The database is away at start: keys are not checked yet", exc_info=error)
        return False
    return True


def refuse_unprepared() -> None:
    if unfinished.is_marked():
        refuse(unfinished.NOT_SERVED)
    if pending_migrations():
        refuse("The database is not prepared for this version. Run `manage.py prepare`.")
