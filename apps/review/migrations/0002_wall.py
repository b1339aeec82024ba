"""Who may see the work of review: districts their own, experts their own tasks, enterprises their decisions."""

from django.db import migrations

from apps.core.rls import child, wall

#: Set by a policy of its own: whoever may see a panel's task may see its panel; no recursion between the two walls.
_MEMBER = (
    "exists (select 1 from review_assignment a where a.panel_id = {column} and a.expert_id = gf_expert()"
    " and a.state <> 'recused')"
)


class Migration(migrations.Migration):
    dependencies = [
        ("review", "0001_initial"),
        ("core", "0001_initial"),
    ]
    operations = [
        wall("review_formcheck", district="district_id = gf_district()"),
        wall("review_preliminaryreview", district="district_id = gf_district()"),
        wall(
            "review_ruling",
            district="district_id = gf_district()",
            enterprise="enterprise_id = gf_enterprise() and state <> 'proposed'",
        ),
        wall("review_filing", district="district_id = gf_district()"),
        child("review_filingitem", "review_filing", "filing_id"),
        wall("review_recommendation", district="district_id = gf_district()"),
        child("review_recommendationitem", "review_recommendation", "recommendation_id"),
        wall("review_assignment", expert="expert_id = gf_expert()"),
        wall("review_panel", expert=_MEMBER.format(column="review_panel.id")),
        wall("review_sitevisit", expert=_MEMBER.format(column="review_sitevisit.panel_id")),
    ]
