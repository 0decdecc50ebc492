"""What was recorded by mistake: marked void and brought back, and a wrong agency put right."""
