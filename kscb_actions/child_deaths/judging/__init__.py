"""Members’ separate proposals, and the panel’s decision."""
