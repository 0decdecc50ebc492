"""The year’s report on child deaths, made fit to publish, drafted and issued."""
