"""Every message, one family a file; `catalogue` lists the events, the rest is what goes beside them."""
