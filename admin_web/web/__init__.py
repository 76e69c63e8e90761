"""phonekeep-web: the office in a browser, server-rendered, and the JSON API; it reads and writes the database only."""
