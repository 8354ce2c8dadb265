"""E-mail by Django's own mail, over the server that EMAIL_URL names."""

import smtplib
from email.utils import parseaddr

from django.conf import settings
from django.core.mail import EmailMultiAlternatives, get_connection

from campaigns.channels.base import NoAnswer, Outgoing, ProviderTrouble, Refused, Unreachable


def send(message: Outgoing) -> str:
    """Hands the message to the mail server; answers its Message-ID, which follows from the key.

    What goes wrong before the server has the text is Unreachable; a time-out or a broken line afterwards is NoAnswer.
    """
    domain = parseaddr(settings.DEFAULT_FROM_EMAIL)[1].partition("@")[2] or "localhost"
    number = f"<{message.key.replace(':', '-')}@{domain}>"
    mail = EmailMultiAlternatives(
        subject=message.subject,
        body=message.text,
        to=[message.address],
        headers={"Message-ID": number, **message.headers},
    )
    if message.html:
        mail.attach_alternative(message.html, "text/html")
    server = get_connection()
    try:
        server.open()
    except (OSError, smtplib.SMTPException) as trouble:
        raise Unreachable("mail_server_down") from trouble
    try:
        taken = server.send_messages([mail])
    except (OSError, smtplib.SMTPException) as trouble:
        raise _said(trouble) from trouble
    finally:
        _hang_up(server)
    if not taken:
        raise Refused("address_refused")
    return number


def _said(trouble: Exception) -> ProviderTrouble:
    codes = [code for code, _text in getattr(trouble, "recipients", {}).values()] if trouble else []
    if isinstance(trouble, smtplib.SMTPResponseException):
        codes.append(trouble.smtp_code)
    if not codes:
        return NoAnswer("no_answer")
    # 4xx: not now; 5xx: never
    return Refused("address_refused") if max(codes) >= 500 else Unreachable("mail_server_busy")


def _hang_up(server: object) -> None:
    """The message is taken or not by now; a line that breaks on good-bye changes nothing."""
    try:
        server.close()  # type: ignore[attr-defined]
    except (TimeoutError, OSError, smtplib.SMTPException):
        return
