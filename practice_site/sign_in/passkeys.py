from django.http import HttpRequest

from pages.models import Practice


def practice_name(request: HttpRequest) -> str:
    """What a device calls us when it shows its passkeys."""
    return Practice.current().name
