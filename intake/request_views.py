"""My request: a person comes back with their code. No account, no cookie, nothing in an address.

Each answer is a page that carries the code on, as the contact form carries its answers. A code
that opens nothing gets one and the same answer, whatever is wrong with it.
"""

import logging
from collections.abc import Callable
from datetime import timedelta
from http import HTTPStatus
from typing import Any

from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import render
from django.utils import timezone
from django.utils.decorators import method_decorator
from django.views import View
from django.views.decorators.cache import cache_control
from django.views.decorators.csrf import csrf_exempt

from intake import throttle
from intake.clock import clock_of
from intake.encryption import SealBroken
from intake.forms.request import CodeForm, ReachForm, narrowing
from intake.given_back import gives_back
from intake.models import ContactRequest, Held, Message, Receipt
from intake.story import Story
from pages.models import Practice
from pages.posted import Unreadable, form_of, is_foreign
from pages.sentences import weekday_and_date

log = logging.getLogger(__name__)

ANSWERS = ("keep", "found", "harder")
WAIT_MINUTES = 10
A_WEEK = timedelta(days=7)
CHANGED = "Saved. From now on:"
SAME = "Nothing was different, so nothing was changed."
CLOSED = "This request was closed meanwhile, so nothing was changed."
ANSWERED = "There is no open question any more, so nothing was changed."


def asked_again(request: HttpRequest, said: str, status: int, **context: Any) -> HttpResponse:
    """24 characters are not lost to a fault of ours."""
    return enter(request, status, _code(request), said=said, **context)


@method_decorator(
    [csrf_exempt, cache_control(no_store=True), gives_back(asked_again)], name="dispatch"
)
class RequestView(View):
    """The field for the code (GET), and all that the code opens (POST)."""

    http_method_names = ["get", "head", "post"]
    code: str
    mine: ContactRequest

    def get(self, request: HttpRequest) -> HttpResponse:
        return enter(request)

    def post(self, request: HttpRequest) -> HttpResponse:
        typed = form_of(request)
        if is_foreign(request):
            return enter(request, HTTPStatus.FORBIDDEN, typed.get("code", ""), said="refused")
        self.code = typed.get("code", "")
        receipt = Receipt.objects.of(self.code)
        if receipt is None:
            return self.wrong()
        self.mine = receipt.request
        return self.step(typed)

    def wrong(self) -> HttpResponse:
        if not throttle.receipts(self.request):
            response = enter(self.request, HTTPStatus.TOO_MANY_REQUESTS, self.code, said="many")
            response.headers["Retry-After"] = str(WAIT_MINUTES * 60)
            return response
        form = CodeForm.wrong(Practice.of(self.request).phone)
        return enter(self.request, HTTPStatus.UNPROCESSABLE_ENTITY, form=form)

    def step(self, typed: QueryDict) -> HttpResponse:
        step = typed.get("step", "")
        if step in ANSWERS:
            return self.answer(step)
        if step == "narrow":
            return self.narrow(typed)
        steps = {
            "reach": self.reach,
            "take_back": self.ask_whether_to_withdraw,
            "withdraw": self.withdraw,
            "withdraw_and_erase": self.withdraw_and_erase,
            "erase": self.ask_whether_to_erase,
            "erase_all": self.erase,
        }
        return steps.get(step, self.show)()

    def show(self, said: str = "", answered: str = "") -> HttpResponse:
        story, messages = self.story(), self.messages()
        return self.page(
            "mine",
            story=story,
            farewell=self.farewell(story, messages),
            state=f"intake/request/state/{story.state}.html",
            said=said,
            answered=answered and f"intake/request/answered/{answered}.html",
            changed=said == CHANGED,
            check_in=self.mine.open_check_in(),
            messages_to_them=[(at, words) for pk, at, words in messages if pk != story.farewell_id],
            first_thing=self.first_thing() if answered == "harder" else "",
        )

    def reach(self) -> HttpResponse:
        story = self.story()
        if not story.is_open:
            return self.show(CLOSED)
        return self.page("reach", story=story, form=ReachForm(self.mine))

    def narrow(self, typed: QueryDict) -> HttpResponse:
        changed = self.mine.narrow(**narrowing(typed))
        if changed:
            return self.show(CHANGED)
        return self.show(CLOSED if self.mine.status == self.mine.Status.CLOSED else SAME)

    def ask_whether_to_withdraw(self) -> HttpResponse:
        if self.mine.status == self.mine.Status.CLOSED:
            return self.show()
        return self.page("withdraw")

    def withdraw(self) -> HttpResponse:
        self.mine.withdraw()
        return self.show()

    def withdraw_and_erase(self) -> HttpResponse:
        """Closed meanwhile: the wish to have it erased stands all the same."""
        return self.gone(
            lambda: self.mine.withdraw(erase_now=True) or self.mine.erase(), "withdrew"
        )

    def ask_whether_to_erase(self) -> HttpResponse:
        return self.page("erase")

    def erase(self) -> HttpResponse:
        return self.gone(self.mine.erase)

    def gone(self, verb: Callable[[], bool], how: str = "erased") -> HttpResponse:
        try:
            verb()
        except Held:
            return self.show("held")
        return render(self.request, "intake/request/gone.html", {"withdrew": how == "withdrew"})

    def answer(self, answer: str) -> HttpResponse:
        if not self.mine.answer_check_in(answer):
            return self.show(ANSWERED)
        return self.show(answered=answer)

    def messages(self) -> list[tuple[str, Any, str]]:
        """Those that there is a copy of for the person: which, when it was written, the words."""
        return [(str(each.pk), each.at, self.opened(each)) for each in self.mine.messages.shown()]

    def farewell(self, story: Story, messages: list[tuple[str, Any, str]]) -> dict[str, Any]:
        """The end as it was told to them, else in the words the practice has for it."""
        if story.state != "ended/told":
            return {}
        told = next((words for pk, _, words in messages if pk == story.farewell_id), "")
        others = story.names_others and not told
        return {"blocks": story.blocks(told or story.standing_words()), "others": others}

    def opened(self, message: Message) -> str:
        try:
            return message.opened_with(self.code)
        except SealBroken:
            log.exception("A message does not open with its receipt")
            return "This message cannot be shown. Call us and we will read it to you."

    def story(self) -> Story:
        return Story(self.mine, Practice.of(self.request), timezone.now())

    def first_thing(self) -> str:
        """When the practice opens next: "today", "on Tuesday"; with the date where that is far."""
        practice, now = Practice.of(self.request), timezone.now()
        day = clock_of(practice).changes_at(now).astimezone(practice.tz).date()
        away = day - practice.today(now)
        if not away:
            return "today"
        return f"on {day:%A}" if away < A_WEEK else f"on {weekday_and_date(day)}"

    def page(self, name: str, **context: Any) -> HttpResponse:
        context |= {
            "mine": self.mine,
            "tz": Practice.of(self.request).time_zone,
            "pairs": [("code", self.code)],
            "days": Practice.of(self.request).words_kept_days,
            "backup_days": Practice.of(self.request).backups_kept_days,
        }
        return render(self.request, f"intake/request/{name}.html", context)


def enter(
    request: HttpRequest,
    status: int = HTTPStatus.OK,
    code: str = "",
    form: CodeForm | None = None,
    **context: Any,
) -> HttpResponse:
    """The field for the code, and why it is asked for again."""
    context["form"] = form or CodeForm.given_back(code)
    return render(request, "intake/request/enter.html", context, status=status)


def _code(request: HttpRequest) -> str:
    try:
        return form_of(request).get("code", "") if request.method == "POST" else ""
    except Unreadable:
        return ""
