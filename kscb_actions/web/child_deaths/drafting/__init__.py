"""Pages of drafts: who drafts which case, the draft, and what members say of it."""
