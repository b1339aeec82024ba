"""Use-cases of review, in the order of the work."""

from apps.review.services.arrangements import arrange_round, declare_absence, withdraw_absence
from apps.review.services.assessment import (
    Assessment,
    adopt_district_scores,
    request_site_visit,
    submit_assessment,
)
from apps.review.services.assessment import score_item as score_item_as_expert
from apps.review.services.assessment import score_items as score_items_as_expert
from apps.review.services.completion import reconsider, reopen_panel
from apps.review.services.correcting import CorrectedPanel, RenewedSheet, correct_panel
from apps.review.services.district_filing import DistrictObjectionReceipt, file_district_objection
from apps.review.services.district_notices import (
    DistrictNoticeText,
    conclude_district_objection,
    publish_district_notice,
    record_district_objection,
)
from apps.review.services.draws import commit_draw, confirm_draw, reveal_draw
from apps.review.services.filing import acknowledge_filing, prepare_filing, return_filing, send_filing
from apps.review.services.handing_over import Held, OpenWork, hand_over, held_by, open_work
from apps.review.services.holding import assign_case, release_case, take_case
from apps.review.services.onsite import Shot, add_site_photo
from apps.review.services.opinion import conclude_panel, draft_opinion, sign_opinion, take_opinion
from apps.review.services.overrides import (
    decide_override,
    recheck_all,
    recheck_enterprise,
    recheck_expert,
    request_override,
)
from apps.review.services.panel import (
    close_scoring,
    declare_no_conflict,
    form_panel,
    recuse,
    replace_expert,
)
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
from apps.review.services.reserves import substitute_expert
from apps.review.services.ruling import Proposal, close_below_80, propose_ruling, sign_ruling
from apps.review.services.supplementing import return_for_supplement
from apps.review.services.visits import (
    PEOPLE_AT_LEAST,
    Signing,
    Visit,
    add_visit_photo,
    record_site_visit,
    sign_site_visit,
)

__all__ = [
    "PEOPLE_AT_LEAST",
    "Assessment",
    "CorrectedPanel",
    "DistrictNoticeText",
    "DistrictObjectionReceipt",
    "Held",
    "OpenWork",
    "Proposal",
    "RenewedSheet",
    "Shot",
    "Signing",
    "Visit",
    "accept_case",
    "acknowledge_filing",
    "add_remark",
    "add_site_photo",
    "add_visit_photo",
    "adopt_district_scores",
    "adopt_self_scores",
    "arrange_round",
    "assign_case",
    "claim_preliminary",
    "close_below_80",
    "close_scoring",
    "commit_draw",
    "conclude_district_objection",
    "conclude_panel",
    "confirm_draw",
    "correct_panel",
    "decide_override",
    "declare_absence",
    "declare_no_conflict",
    "draft_opinion",
    "file_district_objection",
    "form_panel",
    "hand_over",
    "held_by",
    "mark_for_return",
    "open_work",
    "pass_form_check",
    "prepare_filing",
    "prepare_recommendation",
    "propose_ruling",
    "publish_district_notice",
    "recheck_all",
    "recheck_enterprise",
    "recheck_expert",
    "reconsider",
    "record_district_objection",
    "record_site_visit",
    "recuse",
    "release_case",
    "release_preliminary",
    "reopen_panel",
    "replace_expert",
    "request_override",
    "request_site_visit",
    "return_case",
    "return_filing",
    "return_for_supplement",
    "return_items",
    "return_preliminary",
    "reveal_draw",
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
    "sign_site_visit",
    "submit_assessment",
    "submit_preliminary",
    "substitute_expert",
    "take_case",
    "take_opinion",
    "tick",
    "unmark_for_return",
    "withdraw_absence",
]
