"""App configuration (templatetags live here)."""

from django.apps import AppConfig


class PortalsConfig(AppConfig):
    """The shared base of the portals."""

    name = "apps.portals.base"
    label = "portals_base"
    verbose_name = "门户"

    def ready(self) -> None:
        """Register the long work that only a portal starts."""
        from apps.portals.audit import work

        work.register()
