"""Requests in every state that their person can find them in, made on a running site."""

import json

from tests.site import RunningSite
from tests.visitor import Visitor

USUAL = {"voicemail": "full"}
OWN = {"contact_method": "own", "phone": "", "voicemail": ""}
# What brings a request there; `r` is the request, `u` a member of staff.
STATES = {
    "new": "",
    "in review": "r.set_status(u, 'in_review')",
    "tried": "r.set_status(u, 'contacted', soon)",
    "tried and late": "r.set_status(u, 'contacted', past)",
    "talking": "r.set_status(u, 'talking', soon)",
    "booked": "r.set_status(u, 'booked', soon)",
    "on the list": "r.set_status(u, 'waiting', soon)",
    "asked": "ask(r)",
    "asked again": "ask(r); check = r.open_check_in(); r.miss_check_in(check.expires_at)",
    "harder": "ask(r); r.answer_check_in('harder')",
    "late": "ContactRequest.objects.filter(pk=r.pk).update(promised_at=past, due_at=past)",
    "own": "",
    "own and harder": "ask(r); r.answer_check_in('harder')",
    "written to": "r.write(u, 'Tuesday at noon?\\nOr later.'); r.write(u, 'Call any weekday.')",
    "narrowed": "r.narrow(no_voicemail=True, times=['evening'])",
    "withdrawn": "r.withdraw()",
    "referred": "r.write(u, 'Jo Ellery, River Street'); r.close(u, 'referred', 'referral')",
    "list ended": "ask(r); r.end_place(now)",
    **{
        f"closed: {outcome}": f"r.close(u, '{outcome}', 'message')"
        for outcome in (
            "became_client", "no_reply", "changed_mind", "not_a_fit", "region", "no_place",
            "crisis_help", "already_client", "duplicate", "not_inquiry", "spam",
        )
    },
    **{
        f"closed: {reason}": f"r.close(u, 'not_a_fit', 'reason', '{reason}')"
        for reason in ("couple", "payer")
    },
}  # fmt: skip
BRING = """
import json
from datetime import timedelta
from django.contrib.auth.models import User
from django.utils import timezone
from intake.models import ContactRequest
u, now = User.objects.get(), timezone.now()
soon, past = now + timedelta(days=2), now - timedelta(hours=3)
def ask(r):
    r.set_status(u, "waiting", past)
    assert r.ask_check_in(now)
for reference, steps in json.loads({!r}):
    r = ContactRequest.objects.get(reference=reference)
    exec(steps)
"""


def sent(site: RunningSite, ways: dict[str, str]) -> dict[str, str]:
    """One request for each name, brought where its way leads. The code of each."""
    visitor = Visitor(site.url)
    codes = {name: visitor.send(**(OWN if name.startswith("own") else USUAL)).code for name in ways}
    steps = [(codes[name][:8], way) for name, way in ways.items()]
    site.manage("shell", "-c", BRING.format(json.dumps(steps)))
    return codes
