"""Panel meetings: seats, agenda, attendance, interests."""
