"""E-mail over a real mail server of our own, which does what mail servers do."""

import email
import email.policy
import socket
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime

import pytest

from campaigns.channels import letters, mail
from campaigns.channels.base import NoAnswer, Outgoing, Refused, Unreachable
from campaigns.channels.letters import Letter
from campaigns.wording import Text
from dashboard.running import processes
from tests.campaigns.conftest import turn_of

NOON = datetime(2026, 11, 20, 5, 0, tzinfo=UTC)


@dataclass
class MailServer:
    """Speaks enough SMTP to take a letter, refuse it at any step, or hang up having heard it."""

    greeting: str = "220 here"
    recipient: str = "250 fine"
    data: str = "354 go on"
    end: str = "250 taken"
    hangs_up_after_text: bool = False
    letters: list[bytes] = field(default_factory=list)
    listener: socket.socket = field(default_factory=lambda: socket.create_server(("127.0.0.1", 0)))

    @property
    def port(self) -> int:
        return self.listener.getsockname()[1]

    def serve(self) -> None:
        while True:
            try:
                line, _address = self.listener.accept()
            except OSError:
                return
            with line, line.makefile("rb") as heard:
                self._talk(line, heard)

    def _talk(self, line, heard) -> None:
        def say(text: str) -> None:
            line.sendall(f"{text}\r\n".encode())

        say(self.greeting)
        for raw in heard:
            word = raw.split()[0].upper() if raw.split() else b""
            if word == b"EHLO":
                say("250 mail.example.com")
            elif word == b"RCPT":
                say(self.recipient)
            elif word == b"DATA":
                say(self.data)
                if self.data.startswith("354"):
                    self.letters.append(self._text(heard))
                    if self.hangs_up_after_text:
                        return
                    say(self.end)
            elif word == b"QUIT":
                say("221 bye")
                return
            else:
                say("250 fine")

    @staticmethod
    def _text(heard) -> bytes:
        text = b""
        for raw in heard:
            if raw == b".\r\n":
                return text
            text += raw
        return text


@pytest.fixture
def server(settings) -> Iterator[MailServer]:
    server = MailServer()
    thread = threading.Thread(target=server.serve, daemon=True)
    thread.start()
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT, settings.EMAIL_TIMEOUT = "127.0.0.1", server.port, 2
    settings.DEFAULT_FROM_EMAIL = "Cà phê Phố <chao@caphepho.example>"
    yield server
    server.listener.close()


def outgoing(**said) -> Outgoing:
    return Outgoing(
        key="turn:7", channel="email", address="lan@example.com", subject="Chị Lan ơi", text="Chào chị",
        html="<p>Chào chị</p>", headers={"List-Unsubscribe": "<http://x/u/abc>"}, at=NOON, **said,
    )  # fmt: skip


def test_a_letter_is_taken_with_name_both_forms_and_the_way_out(server):
    assert mail.send(outgoing()) == "<turn-7@caphepho.example>"
    [raw] = server.letters
    letter = email.message_from_bytes(raw, policy=email.policy.default)
    assert letter["Subject"] == "Chị Lan ơi"
    assert letter["To"] == "lan@example.com"
    assert letter["From"] == "Cà phê Phố <chao@caphepho.example>"
    assert letter["Message-ID"] == "<turn-7@caphepho.example>"
    assert letter["List-Unsubscribe"] == "<http://x/u/abc>"
    assert letter.get_body(["plain"]).get_content().strip() == "Chào chị"
    assert letter.get_body(["html"]).get_content().strip() == "<p>Chào chị</p>"


@pytest.mark.parametrize(
    ("step", "answer", "said"),
    [
        ("greeting", "421 too busy", Unreachable),
        ("recipient", "550 no such person", Refused),
        ("recipient", "450 later", Unreachable),
        ("data", "451 later", Unreachable),
        ("end", "554 this is spam", Refused),
        ("end", "452 disk full", Unreachable),
    ],
)
def test_what_the_server_says_no_to_was_not_taken(server, step, answer, said):
    setattr(server, step, answer)
    with pytest.raises(said):
        mail.send(outgoing())


def test_a_server_that_hangs_up_after_the_text_may_have_taken_it(server):
    server.hangs_up_after_text = True
    with pytest.raises(NoAnswer):
        mail.send(outgoing())
    assert len(server.letters) == 1


def test_a_server_that_is_not_there_is_unreachable(server, settings):
    settings.EMAIL_PORT = processes.free_port()
    with pytest.raises(Unreachable):
        mail.send(outgoing())


def test_a_name_with_a_line_break_brings_no_header_of_its_own(server, shop):
    lan = shop.member("Lan")
    text = Text(subject="Chào Lan Bcc: x@example.com", body="Chào", short="")
    letter = Letter(member=lan, message_class="service", language="vi", brand="X", shop="X", text=text)
    mail.send(letters.pack(letter, key="turn:1", channel="email", address="lan@example.com", at=NOON))
    parsed = email.message_from_bytes(server.letters[0], policy=email.policy.default)
    assert parsed["Bcc"] is None


def test_a_turn_goes_by_mail_and_a_broken_line_leaves_it_unknown(server, shop, settings):
    settings.MESSAGE_PROVIDERS = {**settings.MESSAGE_PROVIDERS, "email": "campaigns.channels.mail.send"}
    lan, hoa = shop.reachable(), shop.reachable("Trần Thị Hoa")
    shop.welcome(lan)
    assert shop.dispatch() == ["sent"]
    assert turn_of(lan).provider_id == f"<turn-{turn_of(lan).pk}@caphepho.example>"
    server.hangs_up_after_text = True
    shop.welcome(hoa)
    assert shop.dispatch() == ["unknown"]
    shop.later(days=1)
    assert shop.dispatch() == []
    assert len(server.letters) == 2
