"""Documents of invented bodies in every known family of forms and text layout, with the truth beside them.

They are the samples a newcomer loads, the fixtures of the tests and the load of the benches. Same seed, same
document.
"""

from dagster_project.samples.writer import FAMILIES, LAYOUTS, Truth, Wish, Written, write

__all__ = ["FAMILIES", "LAYOUTS", "Truth", "Wish", "Written", "write"]
