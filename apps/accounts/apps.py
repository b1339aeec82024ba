"""App configuration."""

from django.apps import AppConfig


class AccountsConfig(AppConfig):
    """The room accounts."""

    name = "apps.accounts"
    label = "accounts"
    verbose_name = "账户"
