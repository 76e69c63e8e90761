"""The one Unix stream socket at which the program that opens doors meets the program that has a network."""
