"""The reception screen's program without its screen: the flow of pages, the visits, the roll, what reaches central."""
