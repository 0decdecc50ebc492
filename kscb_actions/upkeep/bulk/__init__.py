"""Many actions changed in one step: chosen, seen before and after, confirmed once."""
