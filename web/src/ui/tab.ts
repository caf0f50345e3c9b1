let name = 'Baton';
let count = 0;

function show(): void {
  document.title = count === 0 ? name : `(${count}) ${name}`;
}

/** Sets the title of the browser’s tab. */
export function nameTab(text: string): void {
  name = text;
  show();
}

/** Shows a number before the title of the tab; nothing if it is 0. */
export function countTab(waiting: number): void {
  count = waiting;
  show();
}
