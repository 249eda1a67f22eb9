"""Figures stated in running text: which item, year, unit and measure each is."""
