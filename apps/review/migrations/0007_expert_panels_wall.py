"""Who may see draws, absences, overrides, arrangements and what was signed on site."""

from django.db import migrations
from django.db.migrations import RunSQL

from apps.core.rls import child, wall

_MEMBER = (
    "exists (select 1 from review_assignment a where a.panel_id = {column} and a.expert_id = gf_expert()"
    " and a.state not in ({gone}))"
)


def _membership(table: str, column: str) -> RunSQL:
    """A member whose task is blocked by a conflict sees as little of the panel as one who has left it."""

    def policy(gone: str) -> str:
        return (
            f"alter policy gf_wall on {table} using (gf_role() in ('system', 'municipal', 'auditor')"
            f" or (gf_role() = 'expert' and ({_MEMBER.format(column=column, gone=gone)})))"
        )

    return RunSQL(policy("'recused', 'blocked'"), policy("'recused'"))


class Migration(migrations.Migration):
    dependencies = [
        ("review", "0006_expert_panels"),
    ]
    operations = [
        wall("review_draw"),
        wall("review_absence", expert="expert_id = gf_expert()"),
        wall("review_conflictoverride"),
        wall("review_roundarrangement"),
        child("review_sitesignature", "review_sitevisit", "visit_id"),
        child("review_visitphoto", "review_sitevisit", "visit_id"),
        _membership("review_panel", "review_panel.id"),
        _membership("review_sitevisit", "review_sitevisit.panel_id"),
    ]
