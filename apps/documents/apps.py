"""App configuration."""

from django.apps import AppConfig


class DocumentsConfig(AppConfig):
    """The room documents."""

    name = "apps.documents"
    label = "documents"
    verbose_name = "文书"

    def ready(self) -> None:
        """Register the kinds of long work."""
        from apps.documents.imports import kinds
        from apps.documents.services import deciding, dossier, exporting, jobs, listing
        from apps.documents.services.importing import checking

        kinds.register_all()
        jobs.register()
        exporting.register()
        deciding.register()
        listing.register()
        dossier.register()
        checking.register()
