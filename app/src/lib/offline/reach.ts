// Whether the hub can be reached at all, for those who would send something. Owns one word; the stream sets it.
// Nothing is ever kept to be sent later: a home that has moved on must not be changed by a wish from an hour ago.

export const reach = { offline: false };
