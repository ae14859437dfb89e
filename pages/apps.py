from django.apps import AppConfig


class PagesConfig(AppConfig):
    name = "pages"
    verbose_name = "The site"

    def ready(self) -> None:
        from pages import readiness  # noqa: F401  # registers its rules; apps must be loaded first
