"""When, if, then: the language of rules, the pure engine that decides, and the one runner that does what it says."""
