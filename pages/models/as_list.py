from typing import Any

from django.db import models
from django.db.models.functions import JSONObject


class AsList(models.Aggregate):
    """The values of all rows as one JSON list, so that a subquery can bring several rows along."""

    function = "JSON_GROUP_ARRAY"
    output_field = models.JSONField()

    def as_postgresql(self, *arguments: Any, **options: Any) -> Any:
        return self.as_sql(*arguments, function="JSONB_AGG", **options)


def listed(rows: models.QuerySet, owner: str, **fields: str) -> models.Subquery:
    """The fields of the rows that point to the outer row by `owner`; null where there are none."""
    own = rows.filter(**{owner: models.OuterRef("pk")}).order_by().values(owner)
    return models.Subquery(own.annotate(listed=AsList(JSONObject(**fields))).values("listed"))
