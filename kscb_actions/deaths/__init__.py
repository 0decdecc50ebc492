"""Child deaths as they are notified: the facts of a case, what agencies return, who may see it."""
