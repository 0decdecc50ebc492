"""The edge administrators use: one module for each group of commands."""
