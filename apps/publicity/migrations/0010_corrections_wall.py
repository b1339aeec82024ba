"""Letters, credit tasks and proposals are the city's alone; approved corrections and inquiries the enterprise's, too."""

from django.db import migrations

from apps.core.rls import wall

_OBJECTION = "publicity_objection"


class Migration(migrations.Migration):
    dependencies = [("publicity", "0009_corrections_and_credit")]
    operations = [
        wall("publicity_objectionpaper"),
        wall(
            "publicity_markcorrection",
            enterprise="enterprise_id = gf_enterprise() and state = 'approved'",
        ),
        wall("publicity_credittask"),
        wall("publicity_creditdelivery"),
        wall("publicity_creditinquiry", enterprise="enterprise_id = gf_enterprise()"),
        # an objection that led to a correction stays in its enterprise's sight
        migrations.RunSQL(
            f"drop policy gf_wall on {_OBJECTION};",
            migrations.RunSQL.noop,
        ),
        wall(
            _OBJECTION,
            enterprise=(
                "enterprise_id = gf_enterprise() and state in ('accepted', 'upheld', 'dismissed', 'corrected')"
            ),
        ),
    ]
