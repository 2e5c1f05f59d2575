"""Writing certificates."""

from verify.certificates.certificate import certificate, write_certificate

__all__ = ["certificate", "write_certificate"]
