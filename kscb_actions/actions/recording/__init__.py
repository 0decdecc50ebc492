"""Recording a plan by hand: several actions in one step, and what is proposed next."""
