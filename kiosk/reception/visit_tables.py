"""The tables of `reception.db` beside the outbox: today's visits, and what was said here of roll-calls."""

VISIT_SCHEMA = """
CREATE TABLE IF NOT EXISTS visit (
    visit TEXT PRIMARY KEY, name TEXT NOT NULL,
    host TEXT, seeing TEXT NOT NULL, lanyard TEXT, badge TEXT,
    since TEXT NOT NULL, due TEXT NOT NULL,
    briefed INTEGER NOT NULL, dated INTEGER NOT NULL, ended TEXT, ended_at TEXT, ended_boot INTEGER
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS roll_said (
    event TEXT PRIMARY KEY, kind TEXT NOT NULL, drill INTEGER NOT NULL, at TEXT NOT NULL, visit TEXT, roll TEXT,
    boot INTEGER NOT NULL, boottime INTEGER NOT NULL
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS kept (name TEXT PRIMARY KEY, value BLOB NOT NULL) WITHOUT ROWID;
DROP TABLE IF EXISTS roll_seen;
"""
