"""Where staff edit what the site says. A module a noun."""

from pages.admin.crisis_line import CrisisLineAdmin, RegionAdmin
from pages.admin.opening import OpeningAdmin
from pages.admin.page import PageAdmin
from pages.admin.practice import PracticeAdmin
from pages.admin.source import SourceAdmin
from pages.admin.term import TermAdmin
from pages.admin.therapist import ServiceAdmin, TherapistAdmin

__all__ = [
    "CrisisLineAdmin",
    "OpeningAdmin",
    "PageAdmin",
    "PracticeAdmin",
    "RegionAdmin",
    "ServiceAdmin",
    "SourceAdmin",
    "TermAdmin",
    "TherapistAdmin",
]
