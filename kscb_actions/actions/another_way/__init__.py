"""What the Board decides of an action that its agency says cannot be done."""
