"""The radio side: a reader's chip, the air before its antenna, and the cards in it."""
