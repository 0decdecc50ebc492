"""What has happened that somebody is to hear of: who is told, the news of each person, and their digests."""
