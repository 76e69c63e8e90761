"""The JSON API under /api/v1: one noun, one file; bearer tokens that obey the same table as accounts."""
