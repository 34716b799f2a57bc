"""What is told after an exercise."""
