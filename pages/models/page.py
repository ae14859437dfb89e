import re
from collections.abc import Collection, Iterable
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any, Self

from django.conf import settings
from django.contrib.admin.models import CHANGE, LogEntry
from django.core.exceptions import ValidationError
from django.db import models, transaction
from django.urls import resolve, reverse
from django.utils import timezone
from django.utils.text import slugify

from pages.models.practice import Practice

if TYPE_CHECKING:
    from django.contrib.auth.models import User

    from pages.models.edition import Edition


ADDRESS = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")


class Drawing(models.TextChoices):
    PAIR = "pair"
    FENCE = "fence"
    PATH = "path"
    RIBBONS = "ribbons"
    RINGS = "rings"
    WEAVE = "weave"
    BOATS = "boats"
    JOINT = "joint"


class AddressRefusedError(ValueError):
    """A page cannot have that address; the message says why, for staff."""


class PageQuerySet(models.QuerySet["Page"]):
    def locked(self, pk: int) -> "Page":
        """The page as it is stored, held until the transaction ends."""
        return self.select_for_update().get(pk=pk)

    def known_as(self, slug: str) -> "Page | None":
        """The page that has this address, or had it before it moved."""
        moved = self.filter(old_addresses__slug=slug)
        return self.filter(slug=slug).first() or moved.first()

    def with_public_edition(self) -> Self:
        """Each with what `public_edition` and the draft need, for lists of pages."""
        from pages.models.edition import Edition  # editions are copies of pages, and know them

        public = models.Prefetch("editions", Edition.objects.public(), to_attr="public_editions")
        return self.select_related("next_page").prefetch_related("sections", public)


class Page(models.Model):
    """What the practice says about one thing. Editing changes the draft, never what is public."""

    class Kind(models.TextChoices):
        HOME = "home", "Home page"
        TOPIC = "topic", "Topic"
        SERVICE = "service", "Service"
        PRACTICE = "practice", "About the practice"
        CRISIS = "crisis", "Get help now"
        SAFETY = "safety", "Staying private"
        LEGAL = "legal", "Legal"
        SOURCES = "sources", "Sources"
        QUESTIONS = "questions", "Questions people ask"
        THERAPISTS = "therapists", "Therapists"
        FIT = "fit", "Find a fit"

    class Group(models.TextChoices):
        NONE = "", "Not listed"
        READ = "read", "Read"
        THERAPY = "therapy", "Therapy here"
        PRACTICE = "practice", "The practice"
        LEGAL = "legal", "Legal"

    # Other parts of the site count on these addresses.
    FIXED = {Kind.HOME, Kind.THERAPISTS, Kind.FIT, Kind.SOURCES}

    # What an edition keeps as it stands; the rest of its content is worked out below.
    COPIED = (
        "kind", "group", "label", "position", "title", "heading", "summary", "description",
        "illustration", "indexable", "connect", "calm_line",
    )  # fmt: skip

    slug = models.SlugField(
        "address", unique=True, blank=True,
        help_text="The part after the site's name, such as fees. Small letters and dashes.",
    )  # fmt: skip
    kind = models.CharField(max_length=10, choices=Kind, default=Kind.PRACTICE)
    group = models.CharField(
        "listed under", max_length=10, choices=Group, blank=True, default=Group.NONE,
        help_text="The column of the directory at the foot of every page.",
    )  # fmt: skip
    label = models.CharField(
        max_length=60, blank=True, help_text="The short name in lists of pages."
    )
    position = models.PositiveSmallIntegerField(default=10, help_text="The lowest stands first.")
    title = models.CharField(
        max_length=80,
        help_text="It stays in the history of the reader's browser. Others may see it there.",
    )
    heading = models.CharField(max_length=120, help_text="The large line at the top of the page.")
    summary = models.TextField(
        blank=True, help_text="The first lines, in two or three sentences. Markdown works here."
    )
    description = models.CharField(
        max_length=150, blank=True,
        help_text="What search engines show. Plain words, 150 characters or fewer.",
    )  # fmt: skip
    illustration = models.CharField(max_length=10, choices=Drawing, blank=True)
    calm_line = models.TextField(
        blank=True,
        help_text="For a hard subject: what the page is about, and a link to what helps.",
    )
    next_page = models.ForeignKey(
        "self", models.SET_NULL, null=True, blank=True, related_name="+",
        verbose_name="next to read", help_text="One page, named at the end of this one.",
    )  # fmt: skip
    indexable = models.BooleanField("search engines may list it", default=True)
    connect = models.BooleanField(
        "ends with the way to connect", default=True,
        help_text="Not on pages about crisis, safety and the law.",
    )  # fmt: skip
    reviewed_on = models.DateField(
        null=True, blank=True, help_text="When someone last checked the whole page."
    )
    effective_on = models.DateField(
        "in force since", null=True, blank=True, help_text="For a notice that the law asks for."
    )
    confirmed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, editable=False,
        related_name="+",
    )  # fmt: skip
    confirmed_on = models.DateField(null=True, blank=True, editable=False)
    confirmed_edition = models.ForeignKey(
        "pages.Edition", models.PROTECT, null=True, blank=True, editable=False, related_name="+"
    )
    version = models.PositiveIntegerField(default=0, editable=False)

    public_editions: "list[Edition]"  # where `with_public_edition` asked for them

    objects = PageQuerySet.as_manager()

    class Meta:
        ordering = ["group", "position", "slug"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(slug="", kind="home")
                | ~(models.Q(slug="") | models.Q(kind="home")),
                name="page_home_has_no_slug",
                violation_error_message="The home page, and no other, has an empty address.",
            ),
            models.CheckConstraint(
                condition=models.Q(
                    confirmed_by=None, confirmed_on=None, confirmed_edition=None
                )
                | models.Q(
                    confirmed_by__isnull=False,
                    confirmed_on__isnull=False,
                    confirmed_edition__isnull=False,
                ),
                name="page_confirmed_by_someone",
            ),
        ]  # fmt: skip

    def __str__(self) -> str:
        return self.title

    def clean_fields(self, exclude: Collection[str] | None = None) -> None:
        super().clean_fields(exclude)
        if "slug" not in (exclude or ()) and (reason := self._refusal_of_old(self.slug)):
            raise ValidationError({"slug": reason})

    def get_absolute_url(self) -> str:
        return reverse("page", args=[self.slug]) if self.slug else reverse("home")

    @transaction.atomic
    def publish(self, by: "User | None", at: datetime | None = None) -> "Edition":
        """Shows the stored draft to the public, now or at a later time.

        Raises NotReadyError where a source or a fact is not on file or a link leads nowhere. What
        was planned for that time or later is taken back (0015).
        """
        page = Page.objects.locked(self.pk)
        return self.editions.make(page, by, page.draft(), live_at=at)

    @transaction.atomic
    def unpublish(self, by: "User | None") -> "Edition":
        """Takes the page off the site, as an edition without content."""
        return self.editions.make(Page.objects.locked(self.pk), by, None)

    @transaction.atomic
    def move(self, to: str, by: "User") -> None:
        """Gives the page another address; the one before leads there for good.

        Raises AddressRefusedError with the reason where it cannot have that address.
        """
        from pages.models.revision import SiteRevision  # it asks editions, which know pages

        page = Page.objects.locked(self.pk)
        page.check_address(to)
        before = page.slug
        page.old_addresses.filter(slug=to).delete()
        if page.editions.live().exists():
            page.old_addresses.create(slug=before)
        page.slug = self.slug = to
        page.save(update_fields=["slug"])
        page.record(by, f"Moved from /{before}/ to /{to}/.")
        SiteRevision.raise_()

    def check_address(self, to: str) -> None:
        if reason := self._refusal(to):
            raise AddressRefusedError(reason)

    def _refusal(self, to: str) -> str:
        """Why the page cannot move there, in a sentence; empty where it can."""
        if self.kind in self.FIXED:
            return "Other parts of the site count on the address of this page. It stays."
        if not ADDRESS.fullmatch(to) or len(to) > 50:
            return "Use small letters, digits and single dashes, such as getting-here."
        if to == self.slug:
            return "The page has this address now. Write another one."
        if there := Page.objects.filter(slug=to).first():
            return f"The page “{there}” has this address. Write another one."
        if resolve(f"/{to}/").view_name != "page":
            return "Another part of the site has this address. Write another one."
        return self._refusal_of_old(to)

    def _refusal_of_old(self, to: str) -> str:
        others = OldAddress.objects.filter(slug=to).exclude(page=self.pk).select_related("page")
        if there := others.first():
            return f"This address leads readers to “{there.page}”, which moved. Write another one."
        return ""

    def record(self, by: "User", words: str) -> None:
        """Leaves a line in the history of the page, for what has no record of its own."""
        LogEntry.objects.log_actions(by.pk, [self], CHANGE, words, single_object=True)

    @property
    def scheduled(self) -> "Edition | None":
        """The next edition to come."""
        return self.editions.planned().first()

    @property
    def public_edition(self) -> "Edition | None":
        """What the public sees now."""
        if hasattr(self, "public_editions"):  # fetched for a whole list
            return next(iter(self.public_editions), None)
        return self.editions.public().first()

    def confirm(self, edition: "Edition", by: "User") -> None:
        """Someone had a legal page checked, as this edition of it says it."""
        self.confirmed_edition, self.confirmed_by = edition, by
        self.confirmed_on = Practice.current().today()
        self.save(update_fields=["confirmed_edition", "confirmed_by", "confirmed_on"])

    @property
    def needs_confirming(self) -> bool:
        """A legal page is a draft until it is confirmed, and again once it says something else."""
        if self.kind != self.Kind.LEGAL:
            return False
        confirmed, public = self.confirmed_edition, self.public_edition
        if confirmed is None or public is None:
            return confirmed is None
        return bool(confirmed_words(public) != confirmed_words(confirmed))

    @property
    def changed_since_published(self) -> bool:
        edition = self.public_edition
        if edition is None or edition.content is None:
            return False
        shown, draft = edition.content, self.draft()
        if shown["next"] != draft["next"] and self.next_page and draft["next"]:
            before = self.next_page.old_addresses.filter(slug=shown["next"])
            shown = {**shown, "next": draft["next"]} if before.exists() else shown
        return bool(shown != draft)

    def draft(self, sections: "Iterable[Section] | None" = None) -> dict[str, Any]:
        """The page as an edition keeps it: JSON, with the Markdown inside.

        With sections that are not stored yet, it is the page as it would be with them.
        """
        return {
            **{name: line_ends(getattr(self, name)) for name in self.COPIED},
            "reviewed_on": self.reviewed_on.isoformat() if self.reviewed_on else None,
            "effective_on": self.effective_on.isoformat() if self.effective_on else None,
            "next": self.next_page.slug if self.next_page else "",
            "sections": [
                section.draft()
                for section in (self.sections.all() if sections is None else sections)
            ],
        }


def confirmed_words(edition: "Edition") -> Any:
    """What someone who confirms a page of the law has read."""
    names = ("title", "heading", "summary", "calm_line", "effective_on")
    content = edition.content or {}
    sections = [(section["heading"], section["body"]) for section in content.get("sections", [])]
    return [content.get(name) for name in names], sections


class Section(models.Model):
    class Style(models.TextChoices):
        PROSE = "prose"
        CALLOUT = "callout", "In our work"
        STEPS = "steps", "Numbered steps"
        FACTS = "facts"
        CARDS = "cards"
        QUOTE = "quote"

    page = models.ForeignKey(Page, models.CASCADE, related_name="sections")
    position = models.PositiveSmallIntegerField(default=10)
    heading = models.CharField(max_length=120, blank=True)
    slug = models.SlugField(
        "anchor", max_length=120, blank=True,
        help_text="What links to this section end with. Empty: made from the heading.",
    )  # fmt: skip
    style = models.CharField(max_length=10, choices=Style, default=Style.PROSE)
    drawing = models.CharField(max_length=10, choices=Drawing, blank=True)
    body = models.TextField(
        blank=True,
        max_length=20_000,
        help_text="Markdown. ### starts a heading, [@key] cites a source, {phone} is your number.",
    )

    class Meta:
        ordering = ["position", "id"]

    def __str__(self) -> str:
        return self.heading or f"Section {self.position}"

    def draft(self) -> dict[str, str]:
        return {
            "heading": self.heading,
            "slug": self.slug or slugify(self.heading),
            "style": self.style,
            "drawing": self.drawing,
            "body": line_ends(self.body),
        }


def line_ends(value: Any) -> Any:
    """Browsers send two characters at the end of a line: one is kept, so that the same is equal."""
    return value.replace("\r\n", "\n") if isinstance(value, str) else value


class OldAddress(models.Model):
    """Where a page once was. It leads to the page for good."""

    slug = models.SlugField(unique=True)
    page = models.ForeignKey(Page, models.CASCADE, related_name="old_addresses")

    class Meta:
        ordering = ["slug"]
        verbose_name_plural = "old addresses"

    def __str__(self) -> str:
        return self.slug


class Editing(models.Model):
    """Someone has a page open to edit it. Others who open it are told."""

    HERE = timedelta(minutes=10)  # a preview as they type, or the form opened, keeps them here
    KEPT = timedelta(days=1)

    page = models.ForeignKey(Page, models.CASCADE, related_name="editing")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    since = models.DateTimeField(default=timezone.now)
    seen_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [models.UniqueConstraint("page", "user", name="editing_once")]

    def __str__(self) -> str:
        return f"{self.user}: {self.page}"

    @classmethod
    def note(cls, page: Page, user: "User", now: datetime | None = None) -> None:
        """They have the page open now; who was away for a while starts anew."""
        now = now or timezone.now()
        mine = cls.objects.filter(page=page, user=user)
        came_back = models.When(seen_at__lt=now - cls.HERE, then=models.Value(now))
        if mine.update(seen_at=now, since=models.Case(came_back, default=models.F("since"))):
            return
        cls.objects.filter(seen_at__lt=now - cls.KEPT).delete()
        new = Editing(page=page, user=user, since=now, seen_at=now)
        Editing.objects.bulk_create([new], ignore_conflicts=True)  # two previews at once

    @classmethod
    def others(cls, page: Page, user: "User", now: datetime | None = None) -> "list[Editing]":
        """Who else has it open, with `user` and `since`: whoever came first stands first."""
        seen = (now or timezone.now()) - cls.HERE
        here = cls.objects.filter(page=page, seen_at__gte=seen).exclude(user=user)
        return list(here.select_related("user").order_by("since"))
