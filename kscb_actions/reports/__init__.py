"""Reports: built once as plain data (`content`), then drawn as a page or a Word file."""
