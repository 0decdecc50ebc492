"""Papers as they were made: kept as plain data, to be fetched again by those who may see them today."""
