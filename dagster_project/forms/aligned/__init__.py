"""Tables whose columns are horizontal positions."""
