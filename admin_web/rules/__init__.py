"""The rules as each cabinet is to have them: built from the database, signed, published (flow 2, step 2)."""
