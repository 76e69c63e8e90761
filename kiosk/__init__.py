"""The device programs: `cabinet` opens a door and has no network, `link` has a network and opens no door."""
