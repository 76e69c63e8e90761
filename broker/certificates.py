"""Certificates: the school's own authority on central, and what it issues to the broker and to devices."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from pathlib import Path
from typing import Final, NamedTuple

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, load_pem_private_key
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from broker.errors import BadConfiguration, BadKey
from broker.keys import save_secret

LIFE: Final = timedelta(days=400)
HEAD_START: Final = timedelta(days=365)
"""How far back a certificate begins: a Pi without a battery clock wakes up in the past."""
AUTHORITY_LIFE: Final = timedelta(days=20 * 365)
CRL_LIFE: Final = timedelta(days=10 * 365)
"""With a list past its next update mosquitto refuses every device: 90 days would close a school after the summer."""

CERTIFICATE_FILE: Final = "ca.pem"
KEY_FILE: Final = "ca.key"
CRL_FILE: Final = "crl.pem"


@dataclass(frozen=True, slots=True)
class Authority:
    """Who signs certificates; its key never leaves central."""

    certificate: x509.Certificate
    key: ec.EllipticCurvePrivateKey

    @property
    def pem(self) -> bytes:
        """The certificate that everybody trusts."""
        return self.certificate.public_bytes(Encoding.PEM)


class Issued(NamedTuple):
    """A new key with its certificate, both PEM."""

    key: bytes
    certificate: bytes

    @property
    def serial(self) -> int:
        """What the revocation list would name."""
        return x509.load_pem_x509_certificate(self.certificate).serial_number


def create_authority(directory: Path, *, site: str, now: datetime | None = None) -> Authority:
    """Make the authority of a site and write ca.pem, ca.key (0600) and an empty crl.pem.

    Raises `BadKey` when there is one already.
    """
    now = now or datetime.now(UTC)
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, f"Phonekeep {site}")])
    builder = (
        _builder(name, name, key.public_key(), now, AUTHORITY_LIFE)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .add_extension(_usage(signs_certificates=True), critical=True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
    )
    authority = Authority(builder.sign(key, SHA256()), key)
    directory.mkdir(parents=True, exist_ok=True)
    save_secret(directory / KEY_FILE, _pem_of(key))
    (directory / CERTIFICATE_FILE).write_bytes(authority.pem)
    write_crl(authority, directory / CRL_FILE, now=now)
    return authority


def load_authority(directory: Path) -> Authority:
    """Read the authority. Raises `BadKey`."""
    try:
        certificate = x509.load_pem_x509_certificate((directory / CERTIFICATE_FILE).read_bytes())
        key = load_pem_private_key((directory / KEY_FILE).read_bytes(), password=None)
    except (OSError, ValueError) as error:
        raise BadKey(f"the certificate authority in {directory} cannot be read: {error}; restore it") from error
    if not isinstance(key, ec.EllipticCurvePrivateKey):
        raise BadKey(f"{directory / KEY_FILE} is not the authority's key: restore it from the backup")
    return Authority(certificate, key)


def issue_server(authority: Authority, names: Sequence[str], *, now: datetime | None = None) -> Issued:
    """Issue the broker's certificate for its names and addresses; the first is its common name."""
    if not names:
        raise BadConfiguration("a server certificate needs at least one name or address of the central machine")
    return _issue(authority, names[0], names, ExtendedKeyUsageOID.SERVER_AUTH, now)


def issue_device(authority: Authority, name: str, *, now: datetime | None = None) -> Issued:
    """Issue a device's certificate: `name` is its id, which the broker takes for its user name and client id."""
    return _issue(authority, name, (), ExtendedKeyUsageOID.CLIENT_AUTH, now)


def write_crl(authority: Authority, path: Path, revoked: Iterable[int] = (), *, now: datetime | None = None) -> None:
    """Write the list of revoked serial numbers; at every start and after each revocation, then SIGHUP the broker."""
    now = now or datetime.now(UTC)
    builder = (
        x509.CertificateRevocationListBuilder()
        .issuer_name(authority.certificate.subject)
        .last_update(now - HEAD_START)
        .next_update(now + CRL_LIFE)
        .add_extension(x509.CRLNumber(int(now.timestamp())), critical=False)
        .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(authority.key.public_key()), critical=False)
    )
    for serial in revoked:
        entry = x509.RevokedCertificateBuilder().serial_number(serial).revocation_date(now)
        builder = builder.add_revoked_certificate(entry.build())
    fresh = path.with_suffix(".new")
    fresh.write_bytes(builder.sign(authority.key, SHA256()).public_bytes(Encoding.PEM))
    fresh.replace(path)


def _issue(
    authority: Authority, common_name: str, names: Sequence[str], usage: x509.ObjectIdentifier, now: datetime | None
) -> Issued:
    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, common_name)])
    builder = (
        _builder(subject, authority.certificate.subject, key.public_key(), now or datetime.now(UTC), LIFE)
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(_usage(signs_certificates=False), critical=True)
        .add_extension(x509.ExtendedKeyUsage([usage]), critical=False)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
        .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(authority.key.public_key()), critical=False)
    )
    if names:
        builder = builder.add_extension(x509.SubjectAlternativeName([_alternative(name) for name in names]), False)
    certificate = builder.sign(authority.key, SHA256())
    return Issued(_pem_of(key), certificate.public_bytes(Encoding.PEM))


def _builder(
    subject: x509.Name, issuer: x509.Name, public_key: ec.EllipticCurvePublicKey, now: datetime, life: timedelta
) -> x509.CertificateBuilder:
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(public_key)
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - HEAD_START)
        .not_valid_after(now + life)
    )


def _usage(*, signs_certificates: bool) -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=not signs_certificates,
        content_commitment=False,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        key_cert_sign=signs_certificates,
        crl_sign=signs_certificates,
        encipher_only=False,
        decipher_only=False,
    )


def _alternative(name: str) -> x509.GeneralName:
    try:
        return x509.IPAddress(ip_address(name))
    except ValueError:
        return x509.DNSName(name)


def _pem_of(key: ec.EllipticCurvePrivateKey) -> bytes:
    return key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
