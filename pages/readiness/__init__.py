"""Whether the site is fit to go live, as rules: what is wrong, why it matters, where to mend it.

`registry` keeps and runs them. The other apps register their own from a `readiness` module.
"""

# Each registers its rules, in the order in which staff read them.
from pages.readiness import example, legal, people, published, vouched
from pages.readiness.registry import Finding, Report, Stage, Where, findings, report, rule

__all__ = [
    "Finding",
    "Report",
    "Stage",
    "Where",
    "example",
    "findings",
    "legal",
    "people",
    "published",
    "report",
    "rule",
    "vouched",
]
