let name = 'Baton';
let count = 0;

function show(): void {
  document.title = count === 0 ? name : `(${count}) ${name}`;
}

/** What the browser’s tab says. */
export function nameTab(text: string): void {
  name = text;
  show();
}

/** How much waits for the person, before what the tab says; nothing where that is 0. */
export function countTab(waiting: number): void {
  count = waiting;
  show();
}
