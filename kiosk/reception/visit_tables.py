"""The tables of `reception.db` beside the outbox: today's visits, and the roll that is being called."""

VISIT_SCHEMA = """
CREATE TABLE IF NOT EXISTS visit (
    visit TEXT PRIMARY KEY, name TEXT NOT NULL,
    host TEXT, seeing TEXT NOT NULL, lanyard TEXT, badge TEXT,
    since TEXT NOT NULL, due TEXT NOT NULL,
    briefed INTEGER NOT NULL, dated INTEGER NOT NULL, ended TEXT, ended_at TEXT, ended_boot INTEGER
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS roll_seen (visit TEXT PRIMARY KEY) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS kept (name TEXT PRIMARY KEY, value BLOB NOT NULL) WITHOUT ROWID;
"""
