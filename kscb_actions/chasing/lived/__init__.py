"""The days that a machine's clock has shown: which were ahead, and whether it is behind now."""
