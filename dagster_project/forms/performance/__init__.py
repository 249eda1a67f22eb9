"""Performance forms (绩效目标表、绩效自评表): indicators, the rows around them, the money of a project."""
