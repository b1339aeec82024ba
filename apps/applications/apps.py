"""App configuration."""

from django.apps import AppConfig


class ApplicationsConfig(AppConfig):
    """The room applications."""

    name = "apps.applications"
    label = "applications"
    verbose_name = "申报"

    def ready(self) -> None:
        """Register what falls due about applications and certificates, and that drafts follow their enterprise."""
        from apps.accounts.services import FOLLOWERS
        from apps.applications.forecast import windows
        from apps.applications.services import expiry, supplement, terms
        from apps.applications.services.following import follow_enterprise
        from apps.deadlines.forecast import register_forecast

        register_forecast(windows, application_round="批次受理")
        terms.register(on_supplement_overdue=supplement.supplement_overdue)
        expiry.register()
        if follow_enterprise not in FOLLOWERS:
            FOLLOWERS.append(follow_enterprise)
