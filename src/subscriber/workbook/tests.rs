//! Workbooks as programs write them, and what becomes of broken ones.
