"""App configuration."""

from django.apps import AppConfig


class ParametersConfig(AppConfig):
    """The room parameters."""

    name = "apps.parameters"
    label = "parameters"
    verbose_name = "裁量参数"

    def ready(self) -> None:
        """Tell the outbox how to ask for what is in force."""
        from apps.notifications import rhythm
        from apps.parameters.selectors import in_force

        rhythm.ask(lambda on: in_force(on=on))
