from django.apps import AppConfig


class IntakeConfig(AppConfig):
    name = "intake"
    verbose_name = "Contact requests"

    def ready(self) -> None:
        # Each registers its own; apps must be loaded first.
        from intake import checks, readiness  # noqa: F401
        from intake.backup import rules  # noqa: F401
