"""The portal's rows: what a member finds, and what anybody with a link does."""

from tests.doors.rows.row import ALL, MEMBER, NOBODY, Row

OWN = frozenset({MEMBER})
# whoever has signed in already goes to their card
NOT_YET_IN = ALL - OWN

ROWS: dict[str, Row] = {
    # a link in a message: its token is the key, whoever holds it may refuse advertising
    "unsubscribe": Row(get=ALL, post=ALL, of="link of a message"),
    # the link of a bill: for a day its token shows the points to whoever holds the paper
    "portal_bill": Row(get=ALL, of="link of a bill"),
    # the way in
    "portal_join": Row(get=NOT_YET_IN, post=NOT_YET_IN),
    "portal_join_store": Row(get=NOT_YET_IN, post=NOT_YET_IN),
    "portal_sign_in": Row(get=NOT_YET_IN, post=NOT_YET_IN),
    # these two lead back to the beginning whoever has not begun, so that nobody is let in by the address alone
    "portal_code": Row(get=NOBODY, post=NOBODY),
    "portal_joining": Row(get=NOBODY, post=NOBODY),
    "portal_another_code": Row(post=NOBODY),
    "portal_sign_out": Row(post=ALL),
    # what a telephone loads of an app; nothing in it is anybody's
    "portal_manifest": Row(get=ALL),
    "portal_worker": Row(get=ALL),
    # names the member of the session, and nobody without one
    "portal_offline": Row(get=ALL),
    # the member's own
    "portal_home": Row(get=OWN),
    "portal_card": Row(get=OWN),
    "portal_card_code": Row(get=OWN),
    "portal_points": Row(get=OWN),
    "portal_vouchers": Row(get=OWN),
    "portal_voucher": Row(get=OWN, of="voucher"),
    "portal_letters": Row(get=OWN),
    "portal_letter": Row(get=OWN, of="message of the inbox"),
    "portal_welcome": Row(get=OWN),
    "portal_gift": Row(get=OWN),
    "portal_you": Row(get=OWN),
    "portal_profile": Row(get=OWN, post=OWN),
    "portal_consents": Row(get=OWN, post=OWN, body={"purpose": "marketing", "channel": "sms"}),
    "portal_terms": Row(get=OWN, post=OWN),
    "portal_data": Row(get=OWN, post=OWN),
    "portal_leave": Row(get=OWN, post=OWN),
    "portal_safety": Row(get=OWN),
    "portal_lock": Row(post=OWN),
    # these two lead to another page whoever has nothing to unlock, or no number on its way
    "portal_unlock": Row(get=OWN, post=OWN),
    "portal_pin": Row(get=OWN, post=OWN),
    "portal_pin_code": Row(post=OWN),
    "portal_pin_drop": Row(post=OWN),
    "portal_voice": Row(get=OWN, post=OWN),
    "portal_voice_back": Row(post=OWN),
    "portal_number": Row(get=OWN, post=OWN),
    "portal_number_codes": Row(get=OWN, post=OWN),
    "portal_help": Row(get=OWN, post=OWN),
    "portal_case": Row(get=OWN, post=OWN, of="case"),
    "portal_feedback": Row(get=OWN, post=OWN, of="bill"),
    "portal_survey": Row(get=OWN, post=OWN, of="survey", all_of=OWN),  # a survey is for everybody
    "portal_sign_out_everywhere": Row(post=OWN),
}
