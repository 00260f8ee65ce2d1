// How wide the screen is: a phone's column, or a desk's columns. The bound is the one in the style sheets.

class Screen {
  desk = $state(false);

  constructor() {
    if (typeof matchMedia === 'undefined') return;
    const query = matchMedia('(min-width: 56.25em)');
    this.desk = query.matches;
    query.addEventListener('change', (event) => (this.desk = event.matches));
  }
}

export const screen = new Screen();
