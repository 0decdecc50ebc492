"""Tests of chasing: news."""
