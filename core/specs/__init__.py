"""What may be asked of a lab: one frozen, validated, hashable Spec each."""
