"""The panel at work: meetings, interests, proposals, decisions, referrals, learning."""
