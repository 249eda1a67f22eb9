"""Pages to records: which statutory form is this, which column, which row; prose and performance forms too."""
