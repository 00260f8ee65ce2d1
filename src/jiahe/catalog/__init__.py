"""Products as data: product files, the MIoT-Spec reader, and the mapper between points and properties."""
