"""What the staff site's own pages say about the inbox."""

from dataclasses import dataclass

from django import template
from django.conf import settings
from django.template import RequestContext
from django.utils import timezone

from intake.admin.exporting import may_export
from intake.admin.keeping import Kept, kept
from intake.admin.queue import Queue, address
from intake.key_life import key_life
from intake.models import ContactRequest, Heartbeat, Notice, rights
from intake.models.readers import readers
from intake.monday import Line, monday_line
from intake.readiness import SEEN_WITHIN, ago, nightly
from pages.models import Practice

register = template.Library()


@dataclass(frozen=True)
class Figure:
    label: str
    count: int
    url: str = ""
    care: bool = False


@dataclass(frozen=True)
class MailState:
    to_files: bool
    nobody: bool
    folder: str


@register.simple_tag(takes_context=True)
def today(context: RequestContext) -> list[Figure]:
    """Four figures; each is what its link shows."""
    request = context["request"]
    counts = Queue(request.user, Practice.of(request).tz, "now", "").counts
    return [
        Figure("late", counts["late"], address(only="late"), care=True),
        Figure("due today", counts["today"], address(only="today")),
        Figure("without an owner", counts["unassigned"], address(only="unassigned")),
        Figure("notices not sent yet", Notice.objects.unsent().count(), care=True),
    ]


@register.simple_tag(takes_context=True)
def may_enter(context: RequestContext) -> bool:
    return rights.may_enter(context["request"].user)


register.simple_tag(may_export)


@register.simple_tag
def nightly_test() -> str:
    """What is wrong with it, in a sentence; '' where it succeeded within the day."""
    return nightly(Heartbeat.objects.first(), timezone.now())


@register.simple_tag
def old_key() -> int:
    """How many days old the key is that seals requests; 0 while it has not served its time."""
    found = key_life()
    return found.days if found.is_over else 0


@register.simple_tag(takes_context=True)
def practice_data(context: RequestContext) -> bool:
    """Whether there is some: by the queue on the page, else asked for."""
    if "queue" in context:
        return bool(context["queue"].has_samples)
    return bool(ContactRequest.objects.samples().exists())


@register.simple_tag(takes_context=True)
def how_long_kept(context: RequestContext, request: ContactRequest) -> Kept:
    return kept(request, Practice.of(context["request"]).today())


@register.simple_tag
def mail_state() -> MailState:
    to_files = not settings.EMAIL_CONFIGURED
    nobody = not to_files and not readers().exists()
    return MailState(to_files, nobody, str(settings.MAIL_DIR))


@register.simple_tag
def worker_away() -> str:
    """Since when, in words; '' while it goes round."""
    now = timezone.now()
    seen_at = Heartbeat.objects.seen_since(now - SEEN_WITHIN)
    if seen_at is None:
        return "It was never seen."
    passed = now - seen_at
    return f"It was last seen {ago(passed)} ago." if passed > SEEN_WITHIN else ""


@register.simple_tag(takes_context=True)
def monday(context: RequestContext) -> Line:
    return monday_line(Practice.of(context["request"]), timezone.now())
