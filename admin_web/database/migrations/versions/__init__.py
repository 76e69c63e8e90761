"""One file a step; each goes up and down with data in the tables."""
