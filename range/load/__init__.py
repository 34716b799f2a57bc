"""Loading: folders of YAML become frozen scenarios, or a list of every mistake with its place."""
