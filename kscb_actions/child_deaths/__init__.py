"""The child death overview panel: its cases, and everything that is known of them."""
