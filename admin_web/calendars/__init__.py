"""Reads terms and closures out of the files that schools have: iCalendar and CSV, hostile ones too."""
