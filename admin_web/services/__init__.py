"""Every change the office can make: check, save, raise the revision, write the audit row and central's event."""
