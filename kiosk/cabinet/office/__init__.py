"""What the cabinet hears from central and tells of itself: signed words down, frames and status up."""
