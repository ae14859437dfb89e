from datetime import date, datetime, timedelta

from django.db import models
from django.db.models import Q
from django.utils import timezone

# A night whose test failed is tried again after this long.
AGAIN_AFTER = timedelta(hours=1)
# Without a success for so long nobody knows whether what people send arrives.
FRESH_FOR = timedelta(days=1)
# The test is made at night, so one day after the other; it may come a little later than the last.
GRACE = timedelta(hours=4)


class HeartbeatManager(models.Manager["Heartbeat"]):
    # The newest that this process saw. A beat does not become older, so it is not asked for again.
    newest: datetime | None = None

    def beat(self) -> int:
        """Called by the worker at each of its rounds. Counts nothing."""
        self.update_or_create(id=1, defaults={"at": timezone.now()})
        return 0

    def seen_at(self) -> datetime | None:
        """When the worker last went round; None where none ever did."""
        return self.values_list("at", flat=True).first()

    def claim_night(self, night: datetime, now: datetime) -> bool:
        """True for one worker alone: the test of this night was not made, or it failed a while ago.

        A site that was set up after `night` waits for the next one.
        """
        undone = Q(stored_at=None) | Q(stored_at__lt=night)
        untried = Q(tried_at=None) | Q(tried_at__lt=night) | Q(tried_at__lte=now - AGAIN_AFTER)
        rows = self.filter(undone, untried, since__lt=night)
        return bool(rows.update(tried_at=now))

    def claim_digest(self, today: date, opened_at: datetime) -> bool:
        """True once a day, for one worker alone. Not on the day that the site was set up."""
        undone = Q(digest_on=None) | Q(digest_on__lt=today)
        return bool(self.filter(undone, since__lt=opened_at).update(digest_on=today))

    def note(self, **facts: object) -> None:
        """What a test found; there is a row, since a worker makes it first."""
        self.filter(id=1).update(**facts)

    def seen_since(self, moment: datetime) -> datetime | None:
        """The same; asks the database only where what is known is from before `moment`."""
        if self.newest is None or self.newest < moment:
            self.newest = self.seen_at()
        return self.newest


class Heartbeat(models.Model):
    """The one row that says that a worker is alive, and how its nightly test of the site went."""

    class Trouble(models.TextChoices):
        ELSEWHERE = (
            "elsewhere",
            ("The public site runs on another machine, so it is not tested from here"),
        )
        AWAY = "away", "The site did not answer"
        REFUSED = "refused", "The site did not take a request"
        MAIL = "mail", "The mail server did not take a mail"

    id = models.PositiveSmallIntegerField(primary_key=True, default=1, editable=False)
    at = models.DateTimeField()
    since = models.DateTimeField(default=timezone.now)
    tried_at = models.DateTimeField(null=True)
    stored_at = models.DateTimeField(null=True)
    accepted_at = models.DateTimeField(null=True)
    trouble = models.CharField(max_length=10, choices=Trouble, blank=True)
    digest_on = models.DateField(null=True)

    objects = HeartbeatManager()

    class Meta:
        constraints = [models.CheckConstraint(condition=models.Q(id=1), name="heartbeat_one_row")]

    def __str__(self) -> str:
        return f"{self.at:%Y-%m-%d %H:%M}"

    def is_stale(self, now: datetime) -> bool:
        """No test has succeeded for a day. A new site is given its first night."""
        return now - (self.accepted_at or self.since) > FRESH_FOR + GRACE

    @property
    def is_elsewhere(self) -> bool:
        return self.trouble == self.Trouble.ELSEWHERE
