"""What the staff site's own pages say about the inbox."""

from dataclasses import dataclass

from django import template
from django.conf import settings
from django.template import RequestContext

from intake.admin.queue import Queue, address
from intake.models import Notice, rights
from intake.models.readers import readers
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


@register.simple_tag
def mail_state() -> MailState:
    to_files = not settings.EMAIL_CONFIGURED
    nobody = not to_files and not readers().exists()
    return MailState(to_files, nobody, str(settings.MAIL_DIR))
