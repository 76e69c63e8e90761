"""The reception's screen as the demo handles it: a display for it, a look at its glass, and a hand."""
