"""The edge people use: pages and forms, and the only rooms that know of requests."""
