"""What our own authority issues: lives, uses, names, and a revocation list that does not close the school."""

import stat
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from broker.certificates import (
    AUTHORITY_LIFE,
    create_authority,
    issue_device,
    issue_server,
    load_authority,
    write_crl,
)
from broker.errors import BadConfiguration, BadKey

NOW = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)


def read(pem: bytes) -> x509.Certificate:
    return x509.load_pem_x509_certificate(pem)


def test_a_device_certificate_is_good_for_400_days_and_begins_a_year_back(tmp_path: Path) -> None:
    key, certificate = issue_device(create_authority(tmp_path, site="hillside", now=NOW), "robins", now=NOW)
    issued = read(certificate)
    assert issued.not_valid_before_utc == NOW - timedelta(days=365)
    assert issued.not_valid_after_utc == NOW + timedelta(days=400)
    assert issued.subject.get_attributes_for_oid(NameOID.COMMON_NAME)[0].value == "robins"
    assert b"PRIVATE KEY" in key


def test_devices_are_clients_and_the_broker_is_a_server_and_neither_is_an_authority(tmp_path: Path) -> None:
    authority = create_authority(tmp_path, site="hillside")
    for issued, usage in (
        (issue_device(authority, "robins"), ExtendedKeyUsageOID.CLIENT_AUTH),
        (issue_server(authority, ["localhost"]), ExtendedKeyUsageOID.SERVER_AUTH),
    ):
        extensions = read(issued.certificate).extensions
        assert list(extensions.get_extension_for_class(x509.ExtendedKeyUsage).value) == [usage]
        assert not extensions.get_extension_for_class(x509.BasicConstraints).value.ca
        assert not extensions.get_extension_for_class(x509.KeyUsage).value.key_cert_sign
        read(issued.certificate).verify_directly_issued_by(authority.certificate)


def test_a_server_has_names_and_addresses(tmp_path: Path) -> None:
    authority = create_authority(tmp_path, site="hillside")
    issued = read(issue_server(authority, ["central.local", "127.0.0.1", "fd00::1"]).certificate)
    names = issued.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    assert names.get_values_for_type(x509.DNSName) == ["central.local"]
    assert [str(address) for address in names.get_values_for_type(x509.IPAddress)] == ["127.0.0.1", "fd00::1"]
    with pytest.raises(BadConfiguration, match="at least one name"):
        issue_server(authority, [])


def test_the_revocation_list_is_good_for_ten_years_and_names_whom_it_should(tmp_path: Path) -> None:
    authority = create_authority(tmp_path, site="hillside", now=NOW)
    stolen = issue_device(authority, "kitchen", now=NOW)
    empty = x509.load_pem_x509_crl((tmp_path / "crl.pem").read_bytes())
    assert len(empty) == 0
    write_crl(authority, tmp_path / "crl.pem", [stolen.serial], now=NOW)
    crl = x509.load_pem_x509_crl((tmp_path / "crl.pem").read_bytes())
    assert crl.next_update_utc == NOW + timedelta(days=3650)
    assert crl.last_update_utc < NOW - timedelta(days=364)
    assert crl.get_revoked_certificate_by_serial_number(stolen.serial) is not None
    assert crl.is_signature_valid(authority.key.public_key())


def test_the_authority_is_read_back_its_key_is_its_owners_and_it_is_never_made_twice(tmp_path: Path) -> None:
    authority = create_authority(tmp_path, site="hillside", now=NOW)
    assert stat.S_IMODE((tmp_path / "ca.key").stat().st_mode) == 0o600
    assert load_authority(tmp_path).certificate == authority.certificate
    assert authority.certificate.not_valid_after_utc == NOW + AUTHORITY_LIFE
    with pytest.raises(BadKey, match="never written over"):
        create_authority(tmp_path, site="hillside")
    assert load_authority(tmp_path).certificate == authority.certificate


def test_an_authority_that_is_missing_or_damaged_says_so(tmp_path: Path) -> None:
    with pytest.raises(BadKey, match="cannot be read"):
        load_authority(tmp_path)
    create_authority(tmp_path, site="hillside")
    (tmp_path / "ca.key").write_text("damaged")
    with pytest.raises(BadKey, match="restore it"):
        load_authority(tmp_path)


def test_two_schools_share_no_secret(tmp_path: Path) -> None:
    one, other = (create_authority(tmp_path / site, site=site) for site in ("hillside", "valley"))
    assert one.key.private_numbers() != other.key.private_numbers()
    with pytest.raises(ValueError, match="[Ii]ssuer"):
        read(issue_device(one, "robins").certificate).verify_directly_issued_by(other.certificate)
