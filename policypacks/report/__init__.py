"""Reports of an evaluation: the data model and its renderers. Evidence for controls, never a claim of compliance."""
