from typing import Any

from django.http import HttpRequest


def promise(request: HttpRequest) -> dict[str, Any]:
    return {}
