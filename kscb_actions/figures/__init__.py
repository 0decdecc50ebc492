"""Tables of counted deaths with disclosure control, and the annual report made of them."""
