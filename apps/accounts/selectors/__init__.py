"""Reading people and organisations, narrowed to the actor: one module for each noun."""

from apps.accounts.selectors.enterprises import (
    DistrictRow,
    EnterpriseFile,
    EnterprisePage,
    EnterpriseRow,
    Identity,
    districts,
    enterprise_file,
    enterprise_files,
    enterprise_row,
    enterprises_page,
    group_usccs,
    identified,
)
from apps.accounts.selectors.experts import (
    ExpertRow,
    LinkRow,
    expert,
    expert_links,
    experts,
    link_kinds,
)
from apps.accounts.selectors.people import (
    PersonRow,
    actor_by_username,
    actor_of_user,
    names_of,
    staff,
)

__all__ = [
    "DistrictRow",
    "EnterpriseFile",
    "EnterprisePage",
    "EnterpriseRow",
    "ExpertRow",
    "Identity",
    "LinkRow",
    "PersonRow",
    "actor_by_username",
    "actor_of_user",
    "districts",
    "enterprise_file",
    "enterprise_files",
    "enterprise_row",
    "enterprises_page",
    "expert",
    "expert_links",
    "experts",
    "group_usccs",
    "identified",
    "link_kinds",
    "names_of",
    "staff",
]
