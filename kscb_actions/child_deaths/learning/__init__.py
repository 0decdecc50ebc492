"""What comes of a death: referral to the SCR subgroup, and lessons."""
