"""Use-cases of accounts: registration and its confirmation, people, sign-in records."""

from apps.accounts.services.districts import load_districts
from apps.accounts.services.keeping import change_duties, set_account_active
from apps.accounts.services.people import NewExpert, create_expert, create_staff, declare_link
from apps.accounts.services.registration import (
    Registered,
    Registration,
    confirm_enterprise,
    register_enterprise,
    resubmit_enterprise,
    return_enterprise,
)
from apps.accounts.services.security import decrypt_secret, encrypt_secret, record_failed_sign_in

__all__ = [
    "NewExpert",
    "Registered",
    "Registration",
    "change_duties",
    "confirm_enterprise",
    "create_expert",
    "create_staff",
    "declare_link",
    "decrypt_secret",
    "encrypt_secret",
    "load_districts",
    "record_failed_sign_in",
    "register_enterprise",
    "resubmit_enterprise",
    "return_enterprise",
    "set_account_active",
]
