"""A draft of what the panel decides, and what members say to it before and at the meeting."""
