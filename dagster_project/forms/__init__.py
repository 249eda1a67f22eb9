"""Pages to records: which statutory form, which column, which row; prose and performance forms too."""
