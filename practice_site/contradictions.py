"""Settings that are each well formed and do not go together, and what to do about it."""

from collections.abc import Iterator
from dataclasses import dataclass
from urllib.parse import urlsplit

from practice_site.env import Environment
from practice_site.refusal import refuse, say


@dataclass(frozen=True)
class Contradiction:
    """`stops`: no page could be shown, so there is nothing to start."""

    sentence: str
    stops: bool = False


def refuse_all(environment: Environment) -> None:
    """Before a server starts that speaks plain http, as ours does to the proxy in front."""
    for found in of(environment):
        if found.stops:
            refuse(found.sentence)


def say_others(environment: Environment) -> None:
    for found in of(environment):
        if not found.stops:
            say(f"Look at this: {found.sentence}")


def of(environment: Environment) -> list[Contradiction]:
    return [*_https(environment), *_addresses(environment)]


def _https(environment: Environment) -> Iterator[Contradiction]:
    if environment.https and not environment.trusted_proxies:
        yield Contradiction(
            "SITE_URL is https and TRUSTED_PROXIES is 0: the site speaks plain http and would send "
            "everyone round in a circle. Set TRUSTED_PROXIES to the number of proxies in front of "
            "it, usually 1, or SITE_URL to http.",
            stops=True,
        )


def _addresses(environment: Environment) -> Iterator[Contradiction]:
    site, staff = urlsplit(environment.site_url), urlsplit(environment.staff_url)
    if site.scheme != staff.scheme:
        yield Contradiction(
            f"SITE_URL is {site.scheme} and STAFF_URL is {staff.scheme}: nobody could sign in. "
            "Set both to https, or both to http.",
            stops=True,
        )
    direct = environment.local and not environment.https and not environment.trusted_proxies
    if direct and (site.port or 80) != environment.port:
        yield Contradiction(
            f"SITE_URL leads to port {site.port or 80} and the site listens on PORT "
            f"{environment.port}. Leave SITE_URL out, unless something passes the one on to the "
            "other."
        )
