"""What an agency answers to a request about a death: its form by section, its files, the panel's verdict."""
