"""Paper in a roll-call: the sheet as text, and the port to the printer that the school has set."""
