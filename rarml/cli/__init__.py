"""Arguments, help, progress and summaries on the terminal; computes nothing."""
