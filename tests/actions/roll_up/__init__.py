"""Tests of the state of a recommendation and of signing a plan off."""
