"""The addresses of the member portal."""

from django.urls import path

from portal import (
    agreeing,
    card,
    consents,
    helping,
    history,
    home,
    installing,
    joining,
    leaving,
    letters,
    opinions,
    profile,
    receipts,
    safety,
    signing_in,
    unsubscribing,
    wallet,
)

urlpatterns = [
    # whoever holds the link
    path("u/<str:token>", unsubscribing.page, name="unsubscribe"),
    path("b/<str:token>", receipts.bill, name="portal_bill"),
    # the way in
    path("join/", joining.join, name="portal_join"),
    path("join/<slug:store>", joining.join, name="portal_join_store"),
    path("me/sign-in", signing_in.sign_in, name="portal_sign_in"),
    path("me/code", signing_in.code, name="portal_code"),
    path("me/code/another", signing_in.another_code, name="portal_another_code"),
    path("me/joining", joining.about_you, name="portal_joining"),
    path("me/sign-out", signing_in.sign_out, name="portal_sign_out"),
    # an app on the home screen
    path("me/manifest.webmanifest", installing.manifest, name="portal_manifest"),
    path("me/worker.js", installing.worker, name="portal_worker"),
    path("me/offline", installing.offline, name="portal_offline"),
    # the member's own
    path("me/", home.home, name="portal_home"),
    path("me/card", card.card, name="portal_card"),
    path("me/card/code", card.code, name="portal_card_code"),
    path("me/points", history.points, name="portal_points"),
    path("me/vouchers", wallet.vouchers, name="portal_vouchers"),
    path("me/vouchers/<uuid:voucher_id>", wallet.voucher, name="portal_voucher"),
    path("me/inbox", letters.letters, name="portal_letters"),
    path("me/inbox/<int:letter_id>", letters.letter, name="portal_letter"),
    path("me/welcome", joining.welcome, name="portal_welcome"),
    path("me/welcome/gift", joining.gift, name="portal_gift"),
    path("me/you", profile.you, name="portal_you"),
    path("me/profile", profile.edit, name="portal_profile"),
    path("me/consents", consents.consents, name="portal_consents"),
    path("me/terms", agreeing.page, name="portal_terms"),
    path("me/data", leaving.data, name="portal_data"),
    path("me/leave", leaving.leave, name="portal_leave"),
    path("me/safety", safety.safety, name="portal_safety"),
    path("me/safety/lock", safety.lock, name="portal_lock"),
    path("me/safety/unlock", safety.unlock, name="portal_unlock"),
    path("me/number", safety.number, name="portal_number"),
    path("me/number/codes", safety.number_codes, name="portal_number_codes"),
    path("me/help", helping.help_page, name="portal_help"),
    path("me/help/<uuid:case_id>", helping.case, name="portal_case"),
    path("me/feedback/<uuid:purchase_id>", opinions.visit, name="portal_feedback"),
    path("me/surveys/<int:survey_id>", opinions.survey, name="portal_survey"),
    path("me/sign-out-everywhere", signing_in.sign_out_everywhere, name="portal_sign_out_everywhere"),
]
