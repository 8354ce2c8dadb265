import datetime as dt
import socket
import ssl

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from events import calling, webhooks
from tests.events.receiving import listening


@pytest.mark.parametrize(
    ("url", "reason"),
    [
        ("http://example.com/hook", "scheme"),
        ("ftp://example.com/", "scheme"),
        ("file:///etc/passwd", "scheme"),
        ("javascript:alert(1)", "scheme"),
        ("", "scheme"),
        ("https://", "shape"),
        ("https://user:pass@8.8.8.8/", "shape"),
        ("https://8.8.8.8:99999/", "shape"),
        ("https://[::1/", "shape"),
        ("https://8.8.8.8/a b", "shape"),
        ("https://8.8.8.8/\r\nX: y", "shape"),
        ("https://nobody.invalid/", "unknown_host"),
        ("https://127.0.0.1/", "private_address"),
        ("https://localhost:8000/", "private_address"),
        ("https://2130706433/", "private_address"),
        ("https://0x7f.1/", "private_address"),
        ("https://0/", "private_address"),
        ("https://10.1.2.3/", "private_address"),
        ("https://172.16.0.1/", "private_address"),
        ("https://192.168.1.1/", "private_address"),
        ("https://100.64.0.1/", "private_address"),
        ("https://169.254.169.254/latest/meta-data/", "private_address"),
        ("https://224.0.0.1/", "private_address"),
        ("https://255.255.255.255/", "private_address"),
        ("https://[::1]/", "private_address"),
        ("https://[fe80::1]/", "private_address"),
        ("https://[fd00::1]/", "private_address"),
        ("https://[::ffff:10.0.0.1]/", "private_address"),
        ("https://[64:ff9b::a00:1]/", "private_address"),
        ("https://[2002:a00:1::]/", "private_address"),
    ],
)
def test_an_address_we_would_not_call_is_refused(settings, url, reason):
    settings.WEBHOOK_ALLOW_PRIVATE = False

    with pytest.raises(calling.UrlRefused) as refused:
        webhooks.check_url(url)

    assert refused.value.details == {"reason": reason}


@pytest.mark.parametrize("url", ["https://8.8.8.8/hook", "https://8.8.8.8:8443/", "https://[2001:4860:4860::8888]/"])
def test_a_public_address_is_accepted(settings, url):
    settings.WEBHOOK_ALLOW_PRIVATE = False

    webhooks.check_url(url)


@pytest.fixture
def names(monkeypatch):
    """The outside world's names: what each resolves to, in turn."""
    table: dict[str, list[str]] = {}
    real = socket.getaddrinfo

    def resolve(host, port, *args, **kwargs):
        if host in table:
            host = table[host].pop(0) if len(table[host]) > 1 else table[host][0]
        return real(host, port, *args, **kwargs)

    monkeypatch.setattr(socket, "getaddrinfo", resolve)
    return table


def test_a_name_with_one_private_address_is_refused(settings, monkeypatch):
    settings.WEBHOOK_ALLOW_PRIVATE = False
    both = [(2, 1, 6, "", ("8.8.8.8", 443)), (2, 1, 6, "", ("192.168.1.1", 443))]
    monkeypatch.setattr(socket, "getaddrinfo", lambda *args, **kwargs: both)

    with pytest.raises(calling.UrlRefused):
        webhooks.check_url("https://shop.example/")


def test_a_name_that_moves_after_it_was_looked_at_leads_nowhere_else(settings, names):
    settings.WEBHOOK_ALLOW_PRIVATE = True
    with listening() as receiver:
        port = receiver.url.rpartition(":")[2]
        names["shop.example"] = ["127.0.0.1", "192.0.2.1"]
        line = calling.Line(calling.look_up(f"http://shop.example:{port}"))

        assert line.post("{}", {"webhook-id": "1"}).status == 200
        assert line.post("{}", {"webhook-id": "2"}).status == 200

    assert [letter.headers["host"] for letter in receiver.letters] == [f"shop.example:{port.partition('/')[0]}"] * 2


@pytest.fixture
def certificate(tmp_path):
    """A certificate of shop.example, as a server's context and the file that vouches for it."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "shop.example")])
    now = dt.datetime.now(dt.UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(now - dt.timedelta(days=1))
        .not_valid_after(now + dt.timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName("shop.example")]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    pem = tmp_path / "shop.pem"
    pem.write_bytes(
        key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
        + made.public_bytes(serialization.Encoding.PEM)
    )
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(pem)
    return context, str(pem)


@pytest.mark.parametrize(("name", "status"), [("shop.example", 200), ("thief.example", None)])
def test_the_certificate_must_be_the_names_though_the_address_is_pinned(settings, names, certificate, name, status):
    settings.WEBHOOK_ALLOW_PRIVATE = True
    context, vouching = certificate
    names[name] = ["127.0.0.1"]
    with listening(tls=context) as receiver:
        line = calling.Line(calling.look_up(receiver.url.replace("127.0.0.1", name)))
        line._session.verify = vouching

        answer = line.post("{}", {})

    assert (answer.status, answer.error) == (status, "" if status else "SSLError")


def test_a_server_that_never_answers_is_left_after_a_while(settings, monkeypatch):
    settings.WEBHOOK_ALLOW_PRIVATE = True
    monkeypatch.setattr(calling, "READ_SECONDS", 0.2)
    with socket.create_server(("127.0.0.1", 0)) as mute:
        line = calling.Line(calling.look_up(f"http://127.0.0.1:{mute.getsockname()[1]}/"))

        assert line.post("{}", {}) == calling.Answer(status=None, error="ReadTimeout")
