"""What an inspection found: judgements, strengths, and areas linked to those of the inspection before."""
