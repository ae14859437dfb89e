"""What the front page of the staff site says about readiness."""

from dataclasses import dataclass

from django import template

from pages.readiness import Stage, findings

register = template.Library()


@dataclass(frozen=True)
class Counts:
    first: int
    again: int


@register.simple_tag
def readiness_counts() -> Counts:
    stages = [report.rule.stage for report in findings()]
    return Counts(stages.count(Stage.FIRST), stages.count(Stage.AGAIN))
