"""An action moves to another agency, with its history and all that is open about it."""
