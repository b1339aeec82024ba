"""`/metrics`: numbers for the scraper's token, nothing for anybody else."""

from __future__ import annotations

import pytest
from django.test import Client, override_settings
from prometheus_client.parser import text_string_to_metric_families

TOKEN = "scraper-token-of-this-test"


def _get(token: str) -> tuple[int, str]:
    headers = {"Authorization": f"Bearer {token}"} if token else {}
    answer = Client(headers=headers).get("/metrics")
    return answer.status_code, answer.content.decode()


@pytest.mark.django_db
@pytest.mark.parametrize(("configured", "sent"), [("", ""), ("", "None"), (TOKEN, ""), (TOKEN, "wrong")])
def test_without_the_token_it_does_not_exist(configured: str, sent: str) -> None:
    with override_settings(GF_METRICS_TOKEN=configured):
        assert _get(sent)[0] == 404


@pytest.mark.django_db
@override_settings(GF_METRICS_TOKEN=TOKEN)
def test_the_scraper_reads_numbers() -> None:
    status, text = _get(TOKEN)
    assert status == 200
    read = {
        (sample.name, *sample.labels.values()): sample.value
        for family in text_string_to_metric_families(text)
        for sample in family.samples
    }
    assert read["gf_process_silent", "beat"] == 1
    assert read["gf_jobs", "failed"] == 0
    assert read["gf_obligations_overdue",] == 0
    assert read["gf_storage_free_bytes",] > 0
