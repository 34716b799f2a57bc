"""The range: model, planning, providers, engine, grading and the `cyder` command.

The package shadows a builtin: write `from range.plan import Plan`, never `import range`.
"""
