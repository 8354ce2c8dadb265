"""The counter's rows: who is signed in with a PIN at an enrolled device."""

from tests.doors.rows.row import ALL, AT_THE_COUNTER, Row

ROWS: dict[str, Row] = {
    # what a browser shows before it is a device, and the page for no network: nobody is on them
    "counter:home": Row(get=ALL),
    "counter:enrol_device": Row(post=ALL),
    # the code in the address is the key: whoever holds it within its quarter of an hour may make a device, once
    "counter:device": Row(get=ALL, of="link to a device"),
    "counter:offline": Row(get=ALL),
    "counter:worker": Row(get=ALL),
    # a device is asked for a name and a PIN
    "counter:sign_in": Row(post=AT_THE_COUNTER),
    "counter:lock": Row(post=AT_THE_COUNTER),
    "counter:here": Row(get=AT_THE_COUNTER),
    "counter:pin": Row(get=AT_THE_COUNTER, post=AT_THE_COUNTER),
    "counter:practice": Row(post=AT_THE_COUNTER),
    "counter:find": Row(post=AT_THE_COUNTER),
    # members belong to the business: every counter serves each of them
    "counter:member": Row(get=AT_THE_COUNTER, of="member", all_of=AT_THE_COUNTER),
    "counter:gift": Row(get=AT_THE_COUNTER, of="member", all_of=AT_THE_COUNTER),
    "counter:guest": Row(post=AT_THE_COUNTER),
    "counter:quote": Row(post=AT_THE_COUNTER),
    "counter:sell": Row(post=AT_THE_COUNTER),
    "counter:cancel": Row(post=AT_THE_COUNTER, of="bill"),
    # a cashier's own bills of today, a manager's those of the store
    # (sent without a member there is nobody to move it to: tests/counter)
    "counter:move": Row(get=AT_THE_COUNTER, of="bill"),
    "counter:claim": Row(get=AT_THE_COUNTER, post=AT_THE_COUNTER, of="member", all_of=AT_THE_COUNTER),
    "counter:card": Row(get=AT_THE_COUNTER, post=AT_THE_COUNTER, of="member", all_of=AT_THE_COUNTER),
    "counter:phone": Row(get=AT_THE_COUNTER, post=AT_THE_COUNTER, of="member", all_of=AT_THE_COUNTER),
    "counter:send_code": Row(post=AT_THE_COUNTER, of="member", all_of=AT_THE_COUNTER),
    "counter:case": Row(get=AT_THE_COUNTER, post=AT_THE_COUNTER, of="member", all_of=AT_THE_COUNTER),
    "counter:note": Row(get=AT_THE_COUNTER, post=AT_THE_COUNTER, of="member", all_of=AT_THE_COUNTER),
    "counter:enrol": Row(get=AT_THE_COUNTER, post=AT_THE_COUNTER),
    "counter:today": Row(get=AT_THE_COUNTER),
    "counter:queue": Row(post=AT_THE_COUNTER),
}
