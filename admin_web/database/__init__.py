"""The tables of central and the two ways to open them: to read, and to write in one IMMEDIATE transaction."""
