"""What pages and the API read: straight from the tables, one question a file; nothing here writes."""
