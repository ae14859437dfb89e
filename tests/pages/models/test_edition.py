import threading
from datetime import datetime, timedelta

import pytest
from django.contrib.admin.models import LogEntry
from django.db import IntegrityError, close_old_connections, connection, transaction
from django.db.models import ProtectedError
from django.utils import timezone

from pages.models import Edition, EditionSource, Page, SiteRevision
from pages.models.edition import AlreadyPublicError, EditionFinalError, NotReadyError
from pages.models.revision import next_change


@pytest.fixture
def published(draft, source, editor):
    return draft.publish(by=editor)


def numbers(edition: Edition | None) -> int | None:
    return edition.number if edition else None


def test_publish_makes_an_edition_of_the_stored_draft(draft, source, editor):
    draft.title = "Not saved"
    before = timezone.now()
    edition = draft.publish(by=editor)
    edition.refresh_from_db()
    assert (edition.number, edition.by, edition.withdraws) == (1, editor, False)
    assert edition.content == Page.objects.get().draft()
    assert edition.content["title"] == "Shelter"
    assert before <= edition.live_at <= timezone.now()


def test_draft_is_not_public(draft, source):
    assert Edition.objects.public_for("shelter") is None
    draft.publish(by=None)
    assert Edition.objects.public_for("shelter") == Edition.objects.get()


def test_later_edits_stay_in_the_draft(draft, published):
    draft.title = "Roof"
    draft.save()
    titles = Edition.objects.public().values_list("content__title", flat=True)
    assert list(titles) == ["Shelter"]


def test_publish_later_shows_it_when_the_time_has_come(draft, published):
    tomorrow = timezone.now() + timedelta(days=1)
    draft.publish(by=None, at=tomorrow)
    assert numbers(Edition.objects.public().get()) == 1
    assert numbers(Edition.objects.public(tomorrow).get()) == 2


def test_a_moment_that_is_over_is_now(draft, published):
    edition = draft.publish(by=None, at=timezone.now() - timedelta(days=1))
    assert edition.live_at == edition.made_at
    assert numbers(Edition.objects.public().get()) == 2


def planned(days: int) -> datetime:
    return timezone.now() + timedelta(days=days)


def coming() -> list[int]:
    return list(Edition.objects.planned().values_list("number", flat=True))


@pytest.mark.parametrize(
    "verb",
    [
        lambda page: page.publish(by=None),
        lambda page: page.unpublish(by=None),
        lambda page: Edition.objects.get(number=1).publish_again(by=None),
        lambda page: page.publish(by=None, at=planned(1)),
    ],
    ids=["publish", "unpublish", "publish again", "publish earlier"],
)
def test_older_words_never_come_back_by_themselves(draft, published, verb):
    draft.publish(by=None, at=planned(2))
    draft.publish(by=None, at=planned(3))
    assert coming() == [2, 3]
    assert verb(draft).taken_back == [2, 3]
    assert coming() in ([], [4])
    assert set(Edition.objects.public(planned(9)).values_list("number", flat=True)) <= {4}


def test_what_comes_before_a_planned_edition_stays(draft, published):
    draft.publish(by=None, at=planned(1))
    assert draft.publish(by=None, at=planned(2)).taken_back == []
    assert coming() == [2, 3]
    assert draft.scheduled.number == 2


def test_another_page_keeps_what_it_planned(draft, published):
    other = Page.objects.create(slug="other", title="Other", heading="Other")
    other.publish(by=None, at=planned(1))
    draft.publish(by=None)
    assert other.scheduled.number == 1


def test_cancel_takes_a_planned_edition_back(draft, published, editor):
    edition = draft.publish(by=editor, at=planned(1))
    before = SiteRevision.objects.get()
    edition.cancel(by=editor)
    edition.refresh_from_db()
    assert (draft.scheduled, edition.cancelled_at < edition.live_at) == (None, True)
    assert numbers(Edition.objects.public(planned(2)).get()) == 1
    after = SiteRevision.objects.get()
    assert after.number == before.number + 1
    assert (before.next_change_at <= edition.live_at, after.next_change_at) == (
        True,
        next_change(timezone.now()),
    )
    line = LogEntry.objects.get()
    assert (line.user, line.object_id, line.change_message) == (
        editor,
        str(draft.pk),
        "Edition 2 was taken back before its time.",
    )


def test_cancel_changes_nothing_but_the_time_of_it(draft, published, editor):
    edition = draft.publish(by=editor, at=planned(1))
    kept = Edition.objects.filter(number=2).values().get()
    edition.cancel(by=editor)
    changed = Edition.objects.filter(number=2).values().get()
    assert {name for name, value in changed.items() if value != kept[name]} == {"cancelled_at"}


def test_what_was_public_cannot_be_cancelled(draft, published, editor):
    revision = SiteRevision.objects.get().number
    with pytest.raises(AlreadyPublicError, match="Edition 1 is not to come any more"):
        published.cancel(by=editor)
    assert numbers(Edition.objects.public().get()) == 1
    assert (LogEntry.objects.count(), SiteRevision.objects.get().number) == (0, revision)


def test_cancelling_twice_keeps_the_first_time(draft, published, editor):
    edition = draft.publish(by=editor, at=planned(1))
    edition.cancel(by=editor)
    first = Edition.objects.get(number=2).cancelled_at
    with pytest.raises(AlreadyPublicError):
        edition.cancel(by=editor)
    assert Edition.objects.get(number=2).cancelled_at == first


def test_cancelled_after_its_time_is_refused_by_the_database(draft):
    now = timezone.now()
    with pytest.raises(IntegrityError, match="edition_cancelled_before_live"):
        Edition.objects.create(page=draft, number=1, content={}, live_at=now, cancelled_at=now)


def test_unpublish_is_an_edition_without_content(draft, published, editor):
    edition = draft.unpublish(by=editor)
    assert (edition.number, edition.content, edition.withdraws) == (2, None, True)
    assert edition.by == editor
    assert Edition.objects.public_for("shelter") is None


def test_publish_again_brings_the_old_words_back(draft, published, editor):
    draft.sections.update(body="Other words.")
    draft.publish(by=editor)
    again = published.publish_again(by=editor)
    assert (again.number, again.restored_from) == (3, published)
    assert Edition.objects.public().get().content == published.content
    assert draft.sections.get().body == "Other words."


def test_withdrawing_edition_cannot_be_shown_again(draft, published):
    with pytest.raises(ValueError, match="nothing to show"):
        draft.unpublish(by=None).publish_again(by=None)


def test_public_has_one_edition_a_page(draft, published):
    other = Page.objects.create(slug="other", title="Other", heading="Other")
    draft.publish(by=None)
    other.publish(by=None)
    shown = Edition.objects.public().values_list("page__slug", "number").order_by("page__slug")
    assert list(shown) == [("other", 1), ("shelter", 2)]


@pytest.mark.parametrize(
    "change",
    [
        lambda edition: edition.save(),
        lambda edition: edition.delete(),
        lambda edition: Edition.objects.filter(pk=edition.pk).update(number=9),
        lambda edition: Edition.objects.all().delete(),
        lambda edition: Edition.objects.bulk_update([edition], ["number"]),
    ],
    ids=["save", "delete", "update", "delete all", "bulk update"],
)
def test_edition_never_changes(published, change):
    published.number = 9
    with pytest.raises(EditionFinalError), transaction.atomic():
        change(published)
    assert Edition.objects.get().number == 1


def test_page_with_editions_cannot_be_deleted(draft, published):
    with pytest.raises(ProtectedError):
        draft.delete()


def test_content_is_absent_exactly_where_it_withdraws(draft):
    with pytest.raises(IntegrityError, match="edition_withdraws_without_content"):
        Edition.objects.create(page=draft, number=1, live_at=timezone.now(), withdraws=False)


def test_number_is_unique_in_a_page(draft, published):
    with pytest.raises(IntegrityError):
        Edition.objects.create(page=draft, number=1, live_at=timezone.now(), withdraws=True)


def test_publish_keeps_which_sources_are_cited(draft, published, source):
    assert list(EditionSource.objects.values_list("edition", "source")) == [
        (published.pk, source.pk)
    ]
    with pytest.raises(ProtectedError):
        source.delete()


def test_publish_refuses_what_is_not_ready_and_changes_nothing(draft):
    draft.sections.update(body="[x](/nowhere/) [@bowlby] {nobody}")
    with pytest.raises(NotReadyError) as refused:
        draft.publish(by=None)
    assert [problem[:36] for problem in refused.value.problems] == [
        "Under “Why”: no source is on file fo",
        "Under “Why”: nothing is on file for ",
        "Under “Why”: the link /nowhere/ lead",
    ]
    assert str(refused.value) == " ".join(refused.value.problems)
    assert (Edition.objects.count(), SiteRevision.objects.count()) == (0, 0)


def test_publish_refused_takes_nothing_back(draft, published):
    draft.publish(by=None, at=planned(1))
    draft.sections.update(body="[x](/nowhere/)")
    with pytest.raises(NotReadyError):
        draft.publish(by=None)
    assert coming() == [2]


def test_publish_again_refuses_what_leads_nowhere_now(draft, published):
    other = Page.objects.create(slug="other", title="Other", heading="Other")
    other.publish(by=None)
    draft.sections.update(body="[x](/other/)")
    linked = draft.publish(by=None)
    other.unpublish(by=None)
    with pytest.raises(NotReadyError, match="“Other”, which is not public"):
        linked.publish_again(by=None)
    assert Edition.objects.filter(page=draft).count() == 2


def test_link_to_a_page_that_is_public_by_then(draft, published):
    other = Page.objects.create(slug="other", title="Other", heading="Other")
    other.publish(by=None, at=planned(1))
    draft.sections.update(body="[x](/other/)")
    with pytest.raises(NotReadyError):
        draft.publish(by=None)
    assert draft.publish(by=None, at=planned(2)).number == 2


@pytest.mark.parametrize("field", ["summary", "calm_line"])
def test_citations_above_the_sections_count_too(draft, source, field):
    draft.sections.all().delete()
    setattr(draft, field, "As shown [@bowlby].")
    draft.save()
    draft.publish(by=None)
    assert EditionSource.objects.count() == 1


def test_each_edition_raises_the_revision(draft, published):
    before = SiteRevision.objects.get().number
    draft.unpublish(by=None)
    published.publish_again(by=None)
    assert SiteRevision.objects.get().number == before + 2


@pytest.mark.parametrize("count", [1, 3])
def test_public_for_takes_one_query(draft, published, count, django_assert_num_queries):
    for _ in range(1, count):
        draft.publish(by=None)
    with django_assert_num_queries(1):
        edition = Edition.objects.public_for("shelter")
        assert str(edition) == f"Shelter {count}"


@pytest.mark.django_db(transaction=True)
def test_two_who_publish_at_once_make_two_editions(draft, source):
    start = threading.Barrier(2)
    errors: list[Exception] = []

    def publish() -> None:
        try:
            start.wait()
            Page.objects.get().publish(by=None)
        except Exception as error:
            errors.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=publish) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    close_old_connections()
    assert errors == []
    assert sorted(Edition.objects.values_list("number", flat=True)) == [1, 2]


def publish(page: Page) -> None:
    page.publish(by=None)
    connection.close()


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
@pytest.mark.skipif(connection.vendor != "postgresql", reason="SQLite has one writer at a time")
def test_publish_waits_for_whoever_holds_the_page(draft, source):
    with transaction.atomic():
        Page.objects.locked(draft.pk)
        thread = threading.Thread(target=publish, args=[draft])
        thread.start()
        thread.join(timeout=0.3)
        assert thread.is_alive()
        assert Edition.objects.count() == 0
    thread.join(timeout=5)
    assert Edition.objects.count() == 1
