// The hub's own rule of a password (home/password.py), told before it has to refuse.

/** Characters. */
export const SHORTEST_PASSWORD = 8;
