"""The cluster's own certificate authority, and the certificate that its servers show."""

import ipaddress
import os
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Final

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

_GOOD_FOR: Final = timedelta(days=365)
_MADE_ANEW_BEFORE: Final = timedelta(days=30)


@dataclass(frozen=True)
class Certificates:
    """The files of the certificates, in PEM. The authority's own key is not stored."""

    authority: Path
    certificate: Path
    key: Path


def certificates(folder: Path, host: str) -> Certificates:
    """Return the certificates in this folder. They are made anew if they are missing, for another
    host, or expire soon."""
    files = Certificates(folder / "ca.crt", folder / "server.crt", folder / "server.key")
    if not _are_good(files, host):
        folder.mkdir(parents=True, exist_ok=True)
        _make(files, host)
    return files


def _are_good(files: Certificates, host: str) -> bool:
    if not all(file.exists() for file in (files.authority, files.certificate, files.key)):
        return False
    shown = x509.load_pem_x509_certificate(files.certificate.read_bytes())
    names = shown.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    left = shown.not_valid_after_utc - datetime.now(UTC)
    return left > _MADE_ANEW_BEFORE and _name(host) in names


def _make(files: Certificates, host: str) -> None:
    authority_key, key = (ec.generate_private_key(ec.SECP256R1()) for _ in range(2))
    authority = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "open LAPOR! cluster")])
    server = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, host)])
    names = {_name(host), _name("localhost"), _name("127.0.0.1")}
    root = _builder(authority, authority, authority_key).add_extension(
        x509.BasicConstraints(ca=True, path_length=0), critical=True
    )
    shown = _builder(server, authority, key).add_extension(
        x509.SubjectAlternativeName(names), critical=False
    )
    for path, made in ((files.authority, root), (files.certificate, shown)):
        signed = made.sign(authority_key, hashes.SHA256())
        path.write_bytes(signed.public_bytes(serialization.Encoding.PEM))
    secret = key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )
    files.key.unlink(missing_ok=True)
    with os.fdopen(os.open(files.key, os.O_WRONLY | os.O_CREAT, 0o600), "wb") as file:
        file.write(secret)


def _builder(
    subject: x509.Name, issuer: x509.Name, key: ec.EllipticCurvePrivateKey
) -> x509.CertificateBuilder:
    now = datetime.now(UTC)
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + _GOOD_FOR)
    )


def _name(host: str) -> x509.GeneralName:
    try:
        return x509.IPAddress(ipaddress.ip_address(host))
    except ValueError:
        return x509.DNSName(host)
