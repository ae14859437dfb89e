"""What front.py asks twice a second: has anything that the public sees changed?"""

import logging

from django.db import DatabaseError, InterfaceError, close_old_connections

from pages.models import SiteRevision, last_known

logger = logging.getLogger(__name__)


class Revision:
    """The site revision, or None while the database is away. Runs outside a request.

    Each new one is also a reason to keep a copy for error pages: the change may have been made on
    another machine.
    """

    def __init__(self) -> None:
        self.kept: int | None = None

    def __call__(self) -> int | None:
        close_old_connections()
        try:
            number = SiteRevision.current()
            if number != self.kept:
                self.keep(number)
            return number
        except (DatabaseError, InterfaceError) as error:
            logger.warning("The database is away: pages in memory go on", exc_info=error)
            return None
        finally:
            close_old_connections()

    def keep(self, number: int) -> None:
        """One try a revision: with a full disk the pages go on, and the older copy stays."""
        self.kept = number
        try:
            last_known.keep()
        except OSError as error:
            logger.warning("The copy for error pages was not written", exc_info=error)


site_revision = Revision()
