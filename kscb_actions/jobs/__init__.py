"""The edge the clock uses: what runs by itself, and the process that serves the pages."""
