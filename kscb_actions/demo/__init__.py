"""The demonstration board: Kent in 2011-12 as data, and its loading through the services."""
