"""Plans that a board has already, in Word, Excel or text: read, understood, and taken in."""
