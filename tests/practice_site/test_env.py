from pathlib import Path

from practice_site.env import read

BASE = Path("/srv/site")


def test_defaults_are_a_local_site_on_sqlite():
    env = read({}, BASE)
    assert (env.site_url, env.surface, env.local, env.https) == (
        "http://localhost:8000",
        "all",
        True,
        False,
    )
    assert env.database["NAME"] == "/srv/site/var/site.sqlite3"
