// Whether the search stands open. Owns that, and the key that opens it.

class Look {
  shown = $state(false);

  open(): void {
    this.shown = true;
  }

  close(): void {
    this.shown = false;
  }

  /** `/` as on many desks, where nobody is typing something else. */
  key(event: KeyboardEvent): void {
    if (event.key !== '/' || event.ctrlKey || event.metaKey || event.altKey || this.shown) return;
    if (event.target instanceof Element && event.target.closest('input, textarea, select, [contenteditable], dialog')) return;
    event.preventDefault();
    this.open();
  }
}

export const look = new Look();
