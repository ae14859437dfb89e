"""Telephone numbers as links and as people read them. Pure."""

import re


def link(number: str) -> str:
    """What follows `tel:` or `sms:`: "(503) 555-0142" gives "+15035550142", "988" stays."""
    digits = re.sub(r"\D", "", number)
    if number.strip().startswith("+"):
        return f"+{digits}"
    if len(digits) == 10:
        return f"+1{digits}"
    return f"+{digits}" if len(digits) == 11 and digits[0] == "1" else digits


def shown(digits: str) -> str:
    """Digits in the groups people say: "18007997233" gives "1-800-799-7233", "988" stays."""
    match = re.fullmatch(r"(1?)(\d{3})(\d{3})(\d{4})", digits)
    return "-".join(part for part in match.groups() if part) if match else digits


def spoken(number: str) -> str:
    """As it is said at home: "+15035550142" gives "(503) 555-0142"; all else stays."""
    match = re.fullmatch(r"\+1(\d{3})(\d{3})(\d{4})", number)
    return "({}) {}-{}".format(*match.groups()) if match else number
