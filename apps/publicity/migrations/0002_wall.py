"""Drafts, credit and objectors are the city's alone; what is published is everybody's."""

from django.db import migrations

from apps.core.rls import child, wall


class Migration(migrations.Migration):
    dependencies = [
        ("publicity", "0001_initial"),
        ("core", "0001_initial"),
    ]
    operations = [
        wall("publicity_creditcheck"),
        wall("publicity_notice", extra="state in ('published', 'closed')"),
        child("publicity_noticeentry", "publicity_notice", "notice_id"),
        wall(
            "publicity_objection",
            enterprise="enterprise_id = gf_enterprise() and state in ('accepted', 'upheld', 'dismissed')",
        ),
        wall("publicity_recognition", extra="state = 'signed'"),
        child("publicity_recognitionentry", "publicity_recognition", "recognition_id"),
    ]
