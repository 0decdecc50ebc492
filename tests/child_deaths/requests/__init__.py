"""Tests of requests about deaths and what agencies answer."""
