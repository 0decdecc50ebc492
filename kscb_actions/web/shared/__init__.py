"""What every page uses: the guard, sessions, forms, headers, templates, navigation."""
