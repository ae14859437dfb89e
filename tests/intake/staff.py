"""A practice's people: one of each role, as `prepare` makes the roles."""

from django.contrib.auth.models import Group, User

from pages.models import Therapist
from practice_site.roles import make_roles

ROLES = {
    "owner": "Owner",
    "intake": "Intake",
    "own": "Therapist",
    "asked": "Therapist",
    "other": "Therapist",
    "editor": "Editor",
    "inactive": "Intake",
}


def colleague(name: str, role: str, **facts) -> User:
    user = User.objects.create_user(name, f"{name}@practice.example", is_staff=True, **facts)
    user.groups.add(Group.objects.get(name=role))
    return user


def team() -> dict[str, User]:
    """By who they are to a request: "own" has it, "asked" is asked to take it."""
    make_roles()
    people = {name: colleague(name, role) for name, role in ROLES.items()}
    User.objects.filter(pk=people["inactive"].pk).update(is_active=False)
    return people


def listed(user: User, slug: str = "", **facts) -> Therapist:
    """As the site lists them."""
    slug = slug or user.username
    return Therapist.objects.create(slug=slug, name=slug.title(), fees="$1", user=user, **facts)
