"""Where staff sign in, and what each does with the own password and second factor."""

from tests.doors.rows.row import ALL, STAFF, Row

ROWS: dict[str, Row] = {
    "front": Row(get=ALL, post=ALL),
    "choose_language": Row(post=ALL),
    "account_login": Row(get=ALL, post=ALL),
    "account_logout": Row(get=ALL, post=ALL),
    "account_inactive": Row(get=ALL),
    # the link of an invitation: its token is the key, once and within three days
    "account_invitation": Row(get=ALL, post=ALL, of="link of an invitation"),
    "account_reauthenticate": Row(get=STAFF, post=STAFF),
    "account_change_password": Row(get=STAFF, post=STAFF),
    "mfa_index": Row(get=STAFF),
    "mfa_authenticate": Row(),  # only in the middle of a sign-in, after the password
    "mfa_reauthenticate": Row(get=STAFF, post=STAFF),
    "mfa_activate_totp": Row(get=STAFF, post=STAFF),
    "mfa_deactivate_totp": Row(get=STAFF, post=STAFF),
    "mfa_view_recovery_codes": Row(get=STAFF),
    "mfa_generate_recovery_codes": Row(get=STAFF, post=STAFF),
    "mfa_download_recovery_codes": Row(),  # they are shown once, on the page
    "mfa_list_webauthn": Row(get=STAFF),
    "mfa_add_webauthn": Row(get=STAFF, post=STAFF),
    "mfa_reauthenticate_webauthn": Row(get=STAFF, post=STAFF),
    # a passkey of somebody else; with one's own: tests/browser/test_dashboard.py
    "mfa_remove_webauthn": Row(of="passkey"),
    "mfa_edit_webauthn": Row(of="passkey"),
    "mfa_login_webauthn": Row(get=ALL, post=ALL),
}

# Addresses without a page of their own for whoever comes: they lead on, those who may and those who may not.
LEADS_ON = {
    "front",
    "account_login",
    "account_logout",
    "account_inactive",
    "mfa_login_webauthn",
    "portal_sign_out",
    "portal_sign_out_everywhere",
    "counter:lock",
    "counter:practice",
    "counter:sign_in",
}

# Who presses these is asked for the password anew before anything is looked up: by that nobody is let in.
ASK_AGAIN = {"mfa_remove_webauthn", "mfa_edit_webauthn"}

# Pages that note that they were opened: when the second factor was last used, when a message was read.
NOTES_ITS_USE = {"mfa_view_recovery_codes", "mfa_download_recovery_codes", "portal_letter"}
