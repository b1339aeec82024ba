"""Sign-in pages: our templates show every field of the library's forms, in the library's own flow."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from pathlib import Path

import pytest
from django.contrib.auth import get_user_model
from django.core import mail
from django.test import Client

TEMPLATES = Path(__file__).resolve().parents[2] / "templates"
#: Template → the library's form that it must show in full.
FORMS = {
    "account/login.html": "allauth.account.forms.LoginForm",
    "account/password_change.html": "allauth.account.forms.ChangePasswordForm",
    "account/password_set.html": "allauth.account.forms.SetPasswordForm",
    "account/password_reset.html": "allauth.account.forms.ResetPasswordForm",
    "account/password_reset_from_key.html": "allauth.account.forms.ResetPasswordKeyForm",
    "account/reauthenticate.html": "allauth.account.forms.ReauthenticateForm",
    "mfa/authenticate.html": "allauth.mfa.base.forms.AuthenticateForm",
    "mfa/reauthenticate.html": "allauth.mfa.base.forms.ReauthenticateForm",
    "mfa/totp/activate_form.html": "allauth.mfa.totp.forms.ActivateTOTPForm",
}


@pytest.mark.parametrize("template", FORMS)
def test_template_shows_every_field_of_the_form(template: str) -> None:
    from django.utils.module_loading import import_string

    fields = set(import_string(FORMS[template]).base_fields)
    if template == "account/login.html":
        fields |= {"login"}  # made in __init__ from the login methods
    shown = set(re.findall(r':field="form\.(\w+)"', (TEMPLATES / template).read_text("utf-8")))
    assert fields - {"remember"} <= shown
    assert shown <= fields | {"remember"}


@pytest.mark.django_db
def test_sign_in_page_and_its_refusal() -> None:
    client = Client()
    page = client.get("/accounts/login/").content.decode()
    assert "<title>登录" in page
    assert 'name="login"' in page
    refused = client.post("/accounts/login/", {"login": "nobody", "password": "wrong"}).content.decode()
    assert "<title>错误：登录" in refused
    assert "data-errsum" in refused


@pytest.mark.django_db
@pytest.mark.parametrize(
    "address", ["/accounts/password/reset/", "/accounts/password/reset/done/", "/accounts/signup/"]
)
def test_open_account_pages_are_ours(address: str) -> None:
    page = Client().get(address).content.decode()
    assert 'class="acct"' in page
    assert 'lang="zh-CN"' in page


@pytest.mark.django_db
@pytest.mark.parametrize(
    "address",
    ["/accounts/password/change/", "/accounts/2fa/", "/accounts/logout/", "/accounts/reauthenticate/"],
)
def test_account_pages_of_a_signed_in_person_are_ours(address: str, clock: object) -> None:
    from tests.worlds import municipal_staff

    staff = municipal_staff(clock)  # type: ignore[arg-type]
    user = get_user_model().objects.get(pk=staff.handler.user_id)
    client = Client()
    client.force_login(user)
    answer = client.get(address, follow=True)
    assert answer.status_code == 200
    assert 'class="acct"' in answer.content.decode()


@pytest.mark.django_db
@pytest.mark.parametrize(("address", "words"), [("/messages/", "暂无消息"), ("/account/", "登录安全")])
def test_shared_pages_in_the_shell(address: str, words: str, clock: object) -> None:
    from tests.worlds import municipal_staff

    staff = municipal_staff(clock)  # type: ignore[arg-type]
    client = Client()
    client.force_login(get_user_model().objects.get(pk=staff.handler.user_id))
    page = client.get(address).content.decode()
    assert words in page
    assert 'class="gf-nav"' in page


@pytest.mark.parametrize(
    ("state", "words"),
    [("running", "hx-get"), ("done", "下载 名录.xlsx"), ("failed", "没有办成"), ("expired", "结果已过期")],
)
def test_job_fragment(state: str, words: str) -> None:
    from django.template.loader import render_to_string

    from apps.jobs.selectors import JobRow
    from apps.jobs.states import JOB_STATES

    now = datetime(2026, 11, 22, 6, 32, tzinfo=UTC)
    job = JobRow(
        "abc", "export", "导出名录", state, JOB_STATES[state], 3, 10, "模板有误" if state == "failed" else "",
        "名录.xlsx" if state == "done" else "", {}, now, now, None, cancel_requested=False,
    )  # fmt: skip
    assert words in render_to_string("base/_job.html", {"job": job})


@pytest.mark.django_db
def test_the_sign_in_page_names_the_platform_not_the_host(client: Client) -> None:
    # The library puts a `site` of its own (the host's name) into its pages.
    page = client.get("/accounts/login/").content.decode()
    assert "苏州市绿色工厂评价管理平台" in re.search(r"<header.*?</header>", page, re.DOTALL)[0]  # type: ignore[index]
    assert "testserver" not in page
    assert page.count("忘记密码") == 1


@pytest.mark.django_db
def test_an_address_without_an_account_gets_a_mail_in_our_words() -> None:
    Client().post("/accounts/password/reset/", {"email": "niemand@example.invalid"})
    (sent,) = mail.outbox
    assert sent.subject == "重设密码：该邮箱没有账户"
    assert "niemand@example.invalid" in str(sent.body)
    assert "signup" not in str(sent.body)
    assert "咨询电话：0" in str(sent.body)
