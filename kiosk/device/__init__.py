"""`phonekeep-device`, run by hand at a cabinet: the doctor, and switching all locks off."""
