"""Good files of a form that has errors elsewhere, kept so that they need not be chosen again."""
