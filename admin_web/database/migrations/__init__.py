"""Alembic's migrations, oldest first; `phonekeep-admin init` and `upgrade` run them."""
