"""Tests of what happened to actions before, and of examining it again."""
