"""Pages as shapes: sizes in millimetres of the panel, words measured by the fonts that draw them, no window."""
