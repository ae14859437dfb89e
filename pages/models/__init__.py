"""What the practice says about itself. One file a noun."""

from pages.models.attestation import Attestation
from pages.models.crisis_line import CrisisLine, Region
from pages.models.edition import Edition, EditionSource
from pages.models.hours import Holiday, OpeningHours
from pages.models.opening import Opening
from pages.models.page import Editing, OldAddress, Page, Section
from pages.models.practice import Practice
from pages.models.rendition import Rendition
from pages.models.revision import OfRevision, SiteRevision
from pages.models.source import Source
from pages.models.starter import StarterText
from pages.models.term import Term
from pages.models.therapist import Service, Therapist

__all__ = [
    "Attestation",
    "CrisisLine",
    "Editing",
    "Edition",
    "EditionSource",
    "Holiday",
    "OfRevision",
    "OldAddress",
    "Opening",
    "OpeningHours",
    "Page",
    "Practice",
    "Region",
    "Rendition",
    "Section",
    "Service",
    "SiteRevision",
    "Source",
    "StarterText",
    "Term",
    "Therapist",
]
