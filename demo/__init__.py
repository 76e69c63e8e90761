"""A whole school on one machine: starts the real programs and serves the bench that drives them."""
