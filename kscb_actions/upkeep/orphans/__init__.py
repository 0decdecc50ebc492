"""What is open and has nobody: leads who left, agencies closed, addresses that bounce."""
