"""Over TLS the name is what the certificate is for, whatever address is called."""

import ssl
from datetime import timedelta

import pytest
import requests
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from django.utils import timezone

from openslot.webhooks import subscribing
from openslot.webhooks.models import Attempt
from tests.webhooks.receiver import HANG
from tests.working import work

# Certificates are judged by the clock of the machine.
pytestmark = [pytest.mark.django_db, pytest.mark.real_clock]
HOST = "localhost"


def certificate(path, name):
    """One that vouches for itself, and its key, in one file."""
    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, name)])
    now = timezone.now()
    made = (
        x509.CertificateBuilder(subject, subject, key.public_key(), x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(name)]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    private = key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )
    path.write_bytes(private + made.public_bytes(serialization.Encoding.PEM))
    return path


@pytest.fixture
def secure(receiver, tmp_path, monkeypatch):
    """`secure(name)`: the receiver speaks TLS with a certificate for that name, which is trusted."""

    def speak(name, *, trusted=True):
        file = str(certificate(tmp_path / "certificate.pem", name))
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(file)
        server = receiver.server
        server.socket = context.wrap_socket(server.socket, server_side=True)
        if trusted:
            monkeypatch.setattr(requests.adapters, "DEFAULT_CA_BUNDLE_PATH", file)

    return speak


@pytest.fixture
def hooked(ada, receiver):
    url = f"https://{HOST}:{receiver.port}/hook"
    return subscribing.add(ada.provider, url=url, events=["appointment.moved"])[0]


def tried(ada, webhook):
    subscribing.test(ada.provider, webhook.pk)
    work()
    attempt = Attempt.objects.get()
    return attempt.status, attempt.error


def test_a_certificate_for_the_name_is_trusted(ada, hooked, secure, receiver):
    secure(HOST)
    assert tried(ada, hooked) == (200, "")
    assert receiver.taken[0].headers["host"] == f"{HOST}:{receiver.port}"


def test_whoever_vouches_for_themselves_alone_is_not(ada, hooked, secure, receiver):
    secure(HOST, trusted=False)
    assert tried(ada, hooked) == (None, "The certificate is not trusted.")
    assert receiver.heard == []


def test_a_certificate_for_another_name_is_not(ada, hooked, secure, receiver):
    secure("elsewhere.example")
    assert tried(ada, hooked) == (None, "The certificate is not trusted.")
    assert receiver.heard == []


def test_who_hangs_behind_tls_is_hung_up_on_too(ada, hooked, secure, receiver, settings):
    settings.WEBHOOK_TIMEOUT = (1, 1)
    secure(HOST)
    receiver.then = HANG
    assert tried(ada, hooked) == (None, "Nothing answered in time.")


@pytest.mark.parametrize("name", [HOST, "elsewhere.example"])
def test_the_same_where_the_address_is_judged_and_pinned(
    name, ada, hooked, secure, receiver, settings, monkeypatch
):
    # Its verdict is tried out in test_addresses.py.
    monkeypatch.setattr(
        "requests_hardened.ip_filter_adapter.filter_host", lambda *args, **kwargs: "127.0.0.1"
    )
    settings.WEBHOOKS_TO_PRIVATE = "off"
    secure(name)
    expected = (200, "") if name == HOST else (None, "The certificate is not trusted.")
    assert tried(ada, hooked) == expected
