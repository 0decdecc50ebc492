"""The year’s report on child deaths: protected, drafted and issued."""
