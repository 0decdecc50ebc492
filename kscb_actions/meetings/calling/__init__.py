"""The call for updates: each lead asked once for a meeting, with their list, and who has answered."""
