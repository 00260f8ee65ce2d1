"""The maker's kit: a product file made, checked, played, tried and shown."""
