"""Where staff sign in, and what each does with the own password and second factor."""

from tests.doors.rows.row import ALL, STAFF, Row

ROWS: dict[str, Row] = {
    "front": Row(get=ALL),
    "choose_language": Row(post=ALL),
    "account_login": Row(get=ALL, post=ALL),
    "account_logout": Row(get=ALL, post=ALL),
    "account_inactive": Row(get=ALL),
    "account_reauthenticate": Row(get=STAFF, post=STAFF),
    "account_change_password": Row(get=STAFF, post=STAFF),
    "mfa_index": Row(get=STAFF),
    "mfa_authenticate": Row(),  # only in the middle of a sign-in, after the password
    "mfa_reauthenticate": Row(get=STAFF, post=STAFF),
    "mfa_activate_totp": Row(get=STAFF, post=STAFF),
    "mfa_deactivate_totp": Row(get=STAFF, post=STAFF),
    "mfa_view_recovery_codes": Row(get=STAFF),
    "mfa_generate_recovery_codes": Row(get=STAFF, post=STAFF),
    "mfa_download_recovery_codes": Row(get=STAFF),
    "mfa_list_webauthn": Row(get=STAFF),
    "mfa_add_webauthn": Row(get=STAFF, post=STAFF),
    "mfa_reauthenticate_webauthn": Row(get=STAFF, post=STAFF),
    "mfa_remove_webauthn": Row(get=STAFF, post=STAFF, of="passkey"),
    "mfa_edit_webauthn": Row(get=STAFF, post=STAFF, of="passkey"),
    "mfa_login_webauthn": Row(get=ALL, post=ALL),
}
