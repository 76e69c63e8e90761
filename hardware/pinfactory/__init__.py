"""gpiozero pin factories that click no lock by mistake: no pulse on construction, failing handlers contained."""
