"""Actions: progress, extensions, timeliness and rating."""
