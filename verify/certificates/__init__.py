"""Writing certificates."""

from verify.certificates.certificate import certificate, data_file, write_certificate

__all__ = ["certificate", "data_file", "write_certificate"]
