"""Whether the machine is set up for a live site, as rules of its readiness."""

from collections.abc import Iterator
from dataclasses import dataclass

from django.conf import settings
from django.contrib.auth.models import User

from pages.readiness import Finding, Where, rule
from practice_site.env import KEY_FILE_NAME
from practice_site.health import pending_migrations
from practice_site.sign_in import factors


@dataclass(frozen=True)
class Machine:
    site_url: str
    trusted_proxies: int
    keys_beside_data: bool

    @property
    def https(self) -> bool:
        return self.site_url.startswith("https://")


def machine() -> Machine:
    key_file = settings.DATA_DIR / KEY_FILE_NAME
    return Machine(settings.SITE_URL, settings.TRUSTED_PROXIES, key_file.exists())


@rule(
    "https",
    about="The site is served over https",
    why="Without it, anyone on the same network can read what people write and how staff sign in.",
    of=machine,
)
def served_over_https(found: Machine) -> Iterator[Finding]:
    if not found.https:
        what = f"The site's address is {found.site_url}, which is not https."
        yield Finding(what, Where("SITE_URL"))


@rule(
    "proxies",
    about="The proxy in front is counted",
    why="The site cannot tell that a visitor came over https, and sends them round in a circle.",
    of=machine,
)
def proxies_counted(found: Machine) -> Iterator[Finding]:
    """The site itself speaks plain http, so https means that a proxy stands in front."""
    if found.https and not found.trusted_proxies:
        yield Finding("The address is https, and no proxy is trusted.", Where("TRUSTED_PROXIES"))


@rule(
    "keys",
    about="The keys are kept apart",
    why="Whoever gets a copy of that folder can read every request.",
    of=machine,
)
def keys_apart(found: Machine) -> Iterator[Finding]:
    if found.keys_beside_data:
        what = f"The keys lie in {KEY_FILE_NAME} in DATA_DIR, beside what they open."
        yield Finding(what, Where("docs/operate.md, Keys"))


@rule(
    "second-factor",
    about="Everyone on staff has a second factor",
    why="Without one nobody signs in to that account. One that nobody needs is better closed.",
    of=factors.without_any,
)
def everyone_has_a_factor(found: list[User]) -> Iterator[Finding]:
    for user in found:
        what = f"“{user.get_username()}” has no second factor: a one-time link adds one."
        yield Finding(what, Where.screen(user))


@rule(
    "migrations",
    about="The database fits this version",
    why="Pages and requests can fail until it does.",
    of=pending_migrations,
)
def database_fits(pending: int) -> Iterator[Finding]:
    if pending:
        what = f"Changes to the database that are not made yet: {pending}."
        yield Finding(what, Where("manage.py prepare"))
