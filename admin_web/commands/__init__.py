"""`phonekeep-admin`: sets a school up by hand on the server; every command is safe to run again."""
