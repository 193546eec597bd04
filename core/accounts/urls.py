"""The addresses of signing in, of one's own account, and of choosing a practice. allauth's own are not among them."""

from django.urls import path

from core.accounts import views
from core.accounts.views import account, factors, languages, steps
from core.config.single_sign_on import PROVIDER

urlpatterns = [
    path("sign-in/", views.sign_in, name="sign-in"),
    path("sign-in/second-factor/", steps.second_factor, name="second-factor"),
    path("sign-in/passkey/", steps.passkey, name="passkey"),
    path("sign-in/service/", steps.to_the_service, name="single-sign-on"),
    # allauth asks for this one by its own name.
    path("sign-in/service/done/", steps.from_the_service, {"provider_id": PROVIDER}, name="openid_connect_callback"),
    path("sign-out/", views.sign_out, name="sign-out"),
    path("language/", languages.in_this_browser, name="language"),
    path("session/keep/", account.keep_session, name="keep-session"),
    path("account/", account.account, name="account"),
    path("account/confirm/", account.confirm_identity, name="confirm-identity"),
    path("account/password/", account.change_password, name="change-password"),
    path("account/language/", languages.for_oneself, name="own-language"),
    path("account/sessions/<slug:session_id>/end/", account.end_session, name="end-session"),
    path("account/app/", factors.add_app, name="add-app"),
    path("account/passkey/", factors.add_passkey, name="add-passkey"),
    path("account/factors/<int:factor_id>/remove/", factors.remove_factor, name="remove-factor"),
    path("account/recovery-codes/", factors.codes, name="recovery-codes"),
    path("account/recovery-codes/new/", factors.new_codes, name="new-recovery-codes"),
    path("practice/choose/", views.choose_practice, name="choose-practice"),
]
