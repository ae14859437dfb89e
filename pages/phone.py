"""Telephone numbers as links and as people read them, by the practice's region. Pure."""

import re
from dataclasses import dataclass


@dataclass(frozen=True)
class Plan:
    """How a region numbers its telephones.

    `national` is a whole number without what is dialled before it at home (`trunk`), `abroad` what
    is dialled before a country's code. `groups` are the ways in which people say a number.
    """

    code: str
    trunk: str
    abroad: str
    national: re.Pattern[str]
    groups: tuple[str, ...] = ()


_NORTH_AMERICA = Plan("1", "1", "011", re.compile(r"[2-9]\d{2}[2-9]\d{6}"))
# Free numbers (0808, 1800) are left out of `national`: they are dialled as they stand, since not
# every network takes them with a country's code.
PLANS = {
    "us": _NORTH_AMERICA,
    "ca": _NORTH_AMERICA,
    "gb": Plan(
        "44", "0", "00", re.compile(r"1\d{8,9}|[237]\d{9}"),
        (r"(080\d)(\d{4})(\d{3})", r"(0800)(1111)", r"(02\d)(\d{4})(\d{4})",
         r"(0\d{4})(\d{5,6})", r"(116)(\d{3})"),
    ),
    "ie": Plan(
        "353", "0", "00", re.compile(r"1\d{7}|8\d{8}|[24-79]\d{6,8}"),
        (r"(1800)(\d{3})(\d{3})", r"(08\d)(\d{3})(\d{4})", r"(01)(\d{3})(\d{4})",
         r"(0\d{2})(\d{3})(\d{4})", r"(116)(\d{3})"),
    ),
    "au": Plan(
        "61", "0", "0011", re.compile(r"[23478]\d{8}"),
        (r"(1[38]00)(\d{3})(\d{3})", r"(13)(\d{2})(\d{2})", r"(04\d{2})(\d{3})(\d{3})",
         r"(0\d)(\d{4})(\d{4})"),
    ),
    "nz": Plan(
        "64", "0", "00", re.compile(r"2\d{7,9}|[34679]\d{7}"),
        (r"(0[58]0\d)(\d{3})(\d{3,4})", r"(02\d)(\d{3})(\d{3,5})", r"(0\d)(\d{3})(\d{4})"),
    ),
}  # fmt: skip


class Number(str):
    """A number that a text names: it stands there as a link."""

    __slots__ = ("link",)
    link: str

    def __new__(cls, shown: str, link: str) -> "Number":
        number = super().__new__(cls, shown)
        number.link = link
        return number


def link(number: str, region: str = "us") -> str:
    """What follows `tel:` or `sms:`: "(503) 555-0142" gives "+15035550142", "988" stays."""
    if number.strip().startswith("+"):
        return "+" + re.sub(r"\D", "", number.replace("(0)", ""))
    digits, plan = re.sub(r"\D", "", number), PLANS.get(region)
    if plan is None or not (plan is _NORTH_AMERICA or digits.startswith(plan.trunk)):
        return digits
    local = digits.removeprefix(plan.trunk)
    return f"+{plan.code}{local}" if plan.national.fullmatch(local) else digits


def shown(number: str, region: str = "us") -> str:
    """In the groups people say: "18007997233" gives "1-800-799-7233", "988" stays.

    A number that someone wrote in groups of its own keeps them.
    """
    if not number.isdecimal():
        return number
    plan = PLANS.get(region)
    if plan is _NORTH_AMERICA:
        match = re.fullmatch(r"(1?)(\d{3})(\d{3})(\d{4})", number)
        return "-".join(part for part in match.groups() if part) if match else number
    matches = (re.fullmatch(groups, number) for groups in (plan.groups if plan else ()))
    return next((" ".join(match.groups()) for match in matches if match), number)


def spoken(number: str, region: str = "us") -> str:
    """As it is said at home: "+15035550142" gives "(503) 555-0142"; from elsewhere all stays."""
    match = re.fullmatch(r"\+1(\d{3})(\d{3})(\d{4})", number)
    plan = PLANS.get(region)
    if match:
        return "({}) {}-{}".format(*match.groups())
    if plan is None or plan is _NORTH_AMERICA or not number.startswith(f"+{plan.code}"):
        return number
    return shown(plan.trunk + number.removeprefix(f"+{plan.code}"), region)
