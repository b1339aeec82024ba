"""App configuration."""

from django.apps import AppConfig


class ApplicationsConfig(AppConfig):
    """The room applications."""

    name = "apps.applications"
    label = "applications"
    verbose_name = "申报"

    def ready(self) -> None:
        """Register what falls due in the life of an application."""
        from apps.applications.services import supplement, terms

        terms.register(on_supplement_overdue=supplement.supplement_overdue)
