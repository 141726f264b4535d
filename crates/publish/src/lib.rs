//! From analyses to tables, figures and documents.
