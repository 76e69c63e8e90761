"""What badges of senior leaders and of the office do at a cabinet: approve, send home, keep children in."""
