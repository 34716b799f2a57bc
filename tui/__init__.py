"""The instructor console and the trainee desk."""
