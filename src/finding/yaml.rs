//! YAML text into checked values, with every mistake at its own line and column.
