"""Tables whose blank cells vanished: order and arithmetic say where figures stand."""
