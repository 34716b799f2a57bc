"""The `cyder` command: one small file for each verb."""
