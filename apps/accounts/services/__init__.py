"""Use-cases of accounts: registration and its confirmation, people, sign-in records."""

from apps.accounts.services.calendars import close_calendar, open_calendar
from apps.accounts.services.changes import (
    FOLLOWERS,
    Change,
    Followed,
    confirm_change,
    decline_change,
    request_change,
    withdraw_change,
)
from apps.accounts.services.delegation import delegate_duties, end_delegation
from apps.accounts.services.districts import change_bureau, load_districts
from apps.accounts.services.experts import ExpertDetails, end_link, invite_expert, update_expert
from apps.accounts.services.founding import (
    FirstAdministrator,
    first_administrator,
    initial_password_expired,
    password_changed,
)
from apps.accounts.services.history import KnownEnterprise, TakenOver, record_known_enterprises
from apps.accounts.services.joining import Joining
from apps.accounts.services.keeping import change_duties, set_account_active
from apps.accounts.services.licence import keep_licence
from apps.accounts.services.membership import (
    Invited,
    accept_invitation,
    cancel_invitation,
    change_member_duties,
    hand_over,
    invite_member,
    set_member_active,
)
from apps.accounts.services.people import NewExpert, create_expert, create_staff, declare_link
from apps.accounts.services.personal import (
    accept_notice,
    answer_request,
    ask_about_own_data,
    sweep_requests,
)
from apps.accounts.services.registration import (
    Registered,
    Registration,
    confirm_enterprise,
    register_enterprise,
    resubmit_enterprise,
    return_enterprise,
)
from apps.accounts.services.security import decrypt_secret, encrypt_secret, record_failed_sign_in
from apps.accounts.services.sign_ins import (
    end_other_sign_ins,
    end_sign_in,
    note_sign_in,
    sweep_sign_ins,
)
from apps.accounts.services.staffing import (
    NewStaff,
    OpenedAccount,
    change_address,
    correct_name,
    disable_dormant,
    note_recovery,
    note_second_factor_removed,
    open_staff_account,
    renew_one_time_password,
)

__all__ = [
    "FOLLOWERS",
    "Change",
    "ExpertDetails",
    "FirstAdministrator",
    "Followed",
    "Invited",
    "Joining",
    "KnownEnterprise",
    "NewExpert",
    "NewStaff",
    "OpenedAccount",
    "Registered",
    "Registration",
    "TakenOver",
    "accept_invitation",
    "accept_notice",
    "answer_request",
    "ask_about_own_data",
    "cancel_invitation",
    "change_address",
    "change_bureau",
    "change_duties",
    "change_member_duties",
    "close_calendar",
    "confirm_change",
    "confirm_enterprise",
    "correct_name",
    "create_expert",
    "create_staff",
    "declare_link",
    "decline_change",
    "decrypt_secret",
    "delegate_duties",
    "disable_dormant",
    "encrypt_secret",
    "end_delegation",
    "end_link",
    "end_other_sign_ins",
    "end_sign_in",
    "first_administrator",
    "hand_over",
    "initial_password_expired",
    "invite_expert",
    "invite_member",
    "keep_licence",
    "load_districts",
    "note_recovery",
    "note_second_factor_removed",
    "note_sign_in",
    "open_calendar",
    "open_staff_account",
    "password_changed",
    "record_failed_sign_in",
    "record_known_enterprises",
    "register_enterprise",
    "renew_one_time_password",
    "request_change",
    "resubmit_enterprise",
    "return_enterprise",
    "set_account_active",
    "set_member_active",
    "sweep_requests",
    "sweep_sign_ins",
    "update_expert",
    "withdraw_change",
]
