"""Pages of requests about deaths: as the agency that is asked answers them, and as the panel reads them."""
