"""Which page follows which press: a state machine without a window, a disk or a clock of its own."""
