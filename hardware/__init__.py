"""The body of a cabinet: readers, locks, doors, lamps; real drivers and the simulator behind the same ports."""
