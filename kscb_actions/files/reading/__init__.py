"""What a page shows of a kept file: text and mail as plain words, never as anything that could run."""
