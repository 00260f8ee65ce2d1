"""Sleep, climate and clean air: estimators and controllers, and the one runner that lets them act."""
