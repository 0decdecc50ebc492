"""Recording what happened to actions before, and examining again what was accepted then."""
