"""Documents of invented bodies in ten families of forms and every format, with the truth beside them.

They are the samples a newcomer loads, the fixtures of the tests and the load of the benches. Same seed, same
document.
"""

from dagster_project.samples.writer import FAMILIES, FORMATS, LAYOUTS, Truth, Wish, Written, write

__all__ = ["FAMILIES", "FORMATS", "LAYOUTS", "Truth", "Wish", "Written", "write"]
