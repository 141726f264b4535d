//! From a spec to a plan: parsing, validation, designs.
