"""What front.py asks twice a second: has anything that the public sees changed?"""

import logging

from django.db import DatabaseError, InterfaceError, close_old_connections

from pages.models import SiteRevision

logger = logging.getLogger(__name__)


def site_revision() -> int | None:
    """The site revision, or None while the database is away. Runs outside a request."""
    close_old_connections()
    try:
        return SiteRevision.current()
    except (DatabaseError, InterfaceError) as error:
        logger.warning("The database is away: pages in memory go on", exc_info=error)
        return None
    finally:
        close_old_connections()
