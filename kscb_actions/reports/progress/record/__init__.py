"""The record behind the actions: recommendations, answers, evidence, more time asked for, the reviews."""
