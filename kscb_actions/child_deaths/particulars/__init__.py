"""What the forms of 2018 ask of a death beside those of 2008."""
