"""Someone at the practice who edits pages, over real HTTP; and what the database holds of it."""

import re

from tests.pages.admin.forms import FormReader
from tests.site import RunningSite
from tests.visitor import KeepsCookies
from tests.walking_in import PASSWORD, code_of

SECRET = b"an app on a phone..."
SIGN_UP = (
    "from django.contrib.auth.models import User;"
    "from django_otp.plugins.otp_totp.models import TOTPDevice;"
    f"ana = User.objects.create_superuser('ana', password='{PASSWORD}');"
    f"TOTPDevice.objects.create(user=ana, name='Authenticator app', key='{SECRET.hex()}')"
)
COUNTS = (
    "from pages.models import *; page = Page.objects.get(title='Fees and insurance');"
    "print(page.slug, page.editions.count(), page.editions.planned().count(),"
    " EditionSource.objects.filter(edition__page=page).count(), page.old_addresses.count(),"
    " len(page.sections.all()[0].body), SiteRevision.objects.get().number)"
)


def counts(site: RunningSite) -> list[str]:
    """Address, editions, planned ones, cited sources, old addresses, draft, revision."""
    return site.manage("shell", "-v", "0", "-c", COUNTS).stdout.split()


class Editor(KeepsCookies):
    """Sends a form back with what stands in it."""

    def __init__(self, site: RunningSite) -> None:
        super().__init__(site.url)
        site.manage("shell", "-c", SIGN_UP)
        self.sign_in()
        listed = self.get("/staff/pages/page/?q=fees").text
        found = re.search(r"/staff/pages/page/(\d+)/change/[^>]*>Fees and insurance<", listed)
        assert found
        self.page = f"/staff/pages/page/{found[1]}"

    def sign_in(self) -> None:
        answers = self.form("/staff/login/", username="ana", password=PASSWORD)
        second = self.post("/staff/login/", answers).headers["location"]
        answers = self.form(second, code=code_of(SECRET))
        assert self.post(second, answers).status == 302

    def form(self, path: str, **changes: str) -> dict[str, str]:
        return {**FormReader(self.get(path).text).answers, **changes}
