"""Use-cases of review, in the order of the work."""

from apps.review.services.assessment import (
    Assessment,
    Visit,
    adopt_district_scores,
    record_site_visit,
    submit_assessment,
)
from apps.review.services.assessment import score_item as score_item_as_expert
from apps.review.services.assessment import score_items as score_items_as_expert
from apps.review.services.completion import reconsider, reopen_panel
from apps.review.services.filing import acknowledge_filing, prepare_filing, return_filing, send_filing
from apps.review.services.holding import assign_case, release_case, take_case
from apps.review.services.onsite import Shot, add_site_photo
from apps.review.services.opinion import conclude_panel, draft_opinion, sign_opinion, take_opinion
from apps.review.services.panel import declare_no_conflict, form_panel, recuse, replace_expert
from apps.review.services.preliminary import (
    adopt_self_scores,
    claim_preliminary,
    pass_form_check,
    release_preliminary,
    return_preliminary,
    score_item,
    score_items,
    sign_preliminary,
    submit_preliminary,
)
from apps.review.services.recommendation import (
    accept_case,
    prepare_recommendation,
    return_case,
    send_recommendation,
    tick,
)
from apps.review.services.remarks import (
    add_remark,
    mark_for_return,
    return_items,
    settle_remark,
    unmark_for_return,
)
from apps.review.services.ruling import Proposal, close_below_80, propose_ruling, sign_ruling
from apps.review.services.supplementing import return_for_supplement

__all__ = [
    "Assessment",
    "Proposal",
    "Shot",
    "Visit",
    "accept_case",
    "acknowledge_filing",
    "add_remark",
    "add_site_photo",
    "adopt_district_scores",
    "adopt_self_scores",
    "assign_case",
    "claim_preliminary",
    "close_below_80",
    "conclude_panel",
    "declare_no_conflict",
    "draft_opinion",
    "form_panel",
    "mark_for_return",
    "pass_form_check",
    "prepare_filing",
    "prepare_recommendation",
    "propose_ruling",
    "reconsider",
    "record_site_visit",
    "recuse",
    "release_case",
    "release_preliminary",
    "reopen_panel",
    "replace_expert",
    "return_case",
    "return_filing",
    "return_for_supplement",
    "return_items",
    "return_preliminary",
    "score_item",
    "score_item_as_expert",
    "score_items",
    "score_items_as_expert",
    "send_filing",
    "send_recommendation",
    "settle_remark",
    "sign_opinion",
    "sign_preliminary",
    "sign_ruling",
    "submit_assessment",
    "submit_preliminary",
    "take_case",
    "take_opinion",
    "tick",
    "unmark_for_return",
]
