"""What the practice says about itself. One file a noun."""

from pages.models.crisis_line import CrisisLine, Region
from pages.models.edition import Edition, EditionSource
from pages.models.hours import Holiday, OpeningHours
from pages.models.page import Page, Section
from pages.models.practice import Practice
from pages.models.revision import SiteRevision
from pages.models.source import Source
from pages.models.starter import StarterText
from pages.models.therapist import Opening, Service, Therapist

__all__ = [
    "CrisisLine",
    "Edition",
    "EditionSource",
    "Holiday",
    "Opening",
    "OpeningHours",
    "Page",
    "Practice",
    "Region",
    "Section",
    "Service",
    "SiteRevision",
    "Source",
    "StarterText",
    "Therapist",
]
