"""The stage `validate`: run the gold on every test and flag disagreements."""
