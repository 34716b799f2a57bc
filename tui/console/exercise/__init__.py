"""The console during and after an exercise: what happens, who is stuck, and every verb."""
