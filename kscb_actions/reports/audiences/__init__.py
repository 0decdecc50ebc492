"""Papers made of the same counts for other readers: a committee, whoever has a page only, a review’s own."""
