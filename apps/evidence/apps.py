"""App configuration."""

from importlib import import_module

from django.apps import AppConfig


class EvidenceConfig(AppConfig):
    """The room evidence."""

    name = "apps.evidence"
    label = "evidence"
    verbose_name = "证明材料"

    def ready(self) -> None:
        """Carry the library along when an enterprise moves to another district; register expiry and the long work."""
        from apps.accounts.services import FOLLOWERS
        from apps.evidence.services import expiry
        from apps.evidence.services.registering import follow_enterprise

        expiry.register()
        if follow_enterprise not in FOLLOWERS:
            FOLLOWERS.append(follow_enterprise)
        import_module("apps.evidence.jobs")
