from django.apps import AppConfig


class IntakeConfig(AppConfig):
    name = "intake"
    verbose_name = "Contact requests"

    def ready(self) -> None:
        from intake import checks  # noqa: F401  # registers them; apps must be loaded first
