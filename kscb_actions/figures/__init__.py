"""Tables of counted deaths, fit to publish, and the annual report made of them."""
