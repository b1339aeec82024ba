"""Tables of the room: people and organisations, invitations, dated changes of an enterprise, calendar feeds."""

from apps.accounts.models.changes import EnterpriseChange
from apps.accounts.models.membership import CalendarFeed, Invitation
from apps.accounts.models.organisation import Delegation
from apps.accounts.models.people import District, Enterprise, Expert, ExpertLink, User, UserManager
from apps.accounts.models.requests import PersonalRequest
from apps.accounts.models.signing_in import SignIn

__all__ = [
    "CalendarFeed",
    "Delegation",
    "District",
    "Enterprise",
    "EnterpriseChange",
    "Expert",
    "ExpertLink",
    "Invitation",
    "PersonalRequest",
    "SignIn",
    "User",
    "UserManager",
]
