// Drawn on a grid of 16 with lines of 1.5, in the colour of the text beside them.
const paths = {
  all: 'M3 3h4v4H3zM9 3h4v4H9zM3 9h4v4H3zM9 9h4v4H9z',
  add: 'M8 3.25v9.5M3.25 8h9.5',
  check: 'm3.25 8.5 3 3 6.5-7',
  chevron: 'm4.5 6.25 3.5 3.5 3.5-3.5',
  close: 'm4 4 8 8M12 4l-8 8',
  copy: 'M5.75 5.75V3.5h6.75v6.75h-2.25M3.5 5.75h6.75v6.75H3.5z',
  back: 'M9.75 3.5 5.25 8l4.5 4.5',
  forward: 'm6.25 3.5 4.5 4.5-4.5 4.5',
  menu: 'M2.75 4.5h10.5M2.75 8h10.5M2.75 11.5h10.5',
  more: 'M3.5 8h.01M8 8h.01M12.5 8h.01',
  person: 'M8 7.5a2.5 2.5 0 1 0 0-5 2.5 2.5 0 0 0 0 5ZM3 13.25c.5-2.5 2.5-3.75 5-3.75s4.5 1.25 5 3.75',
  search: 'M7 11.25a4.25 4.25 0 1 0 0-8.5 4.25 4.25 0 0 0 0 8.5ZM10.25 10.25l3 3',
  warning: 'M8 2.75 14 13H2L8 2.75ZM8 6.75v2.75M8 11.25h.01',
  key: 'M10.25 9a3.25 3.25 0 1 0-3.1-2.25L2.75 11.15V13.25h2.1v-1.5h1.5v-1.5L7.75 8.85A3.2 3.2 0 0 0 10.25 9Z',
  calendar: 'M3 4h10v9H3zM3 6.75h10M5.75 2.5V4.75M10.25 2.5V4.75',
  label: 'M2.75 2.75h5l5.5 5.5-5 5-5.5-5.5zM5.5 5.5h.01',
  list: 'M2.75 4h.01M2.75 8h.01M2.75 12h.01M5.5 4h7.75M5.5 8h7.75M5.5 12h7.75',
  board: 'M2.75 3h2.75v10H2.75zM6.75 3h2.75v6H6.75zM10.5 3h2.75v8H10.5z',
  leave: 'M6.25 3H3v10h3.25M6.5 8h6.75M10.75 5.25 13.5 8l-2.75 2.75',
  edit: 'M3 13v-2.25L10.5 3.25l2.25 2.25L5.25 13zM9 4.75 11.25 7',
  eye: 'M1.75 8S4 3.75 8 3.75 14.25 8 14.25 8 12 12.25 8 12.25 1.75 8 1.75 8ZM8 9.75a1.75 1.75 0 1 0 0-3.5 1.75 1.75 0 0 0 0 3.5Z',
  link: 'M6.75 9.25a2.5 2.5 0 0 0 3.5 0l2-2a2.5 2.5 0 0 0-3.5-3.5l-.75.75M9.25 6.75a2.5 2.5 0 0 0-3.5 0l-2 2a2.5 2.5 0 0 0 3.5 3.5l.75-.75',
  trash: 'M3 4.5h10M6.25 4.5V2.75h3.5V4.5M4.25 4.5l.75 8.75h6l.75-8.75M6.75 7v3.75M9.25 7v3.75',
  undo: 'M5.5 3 2.75 5.75 5.5 8.5M2.75 5.75H9.5a3.5 3.5 0 0 1 0 7H6.5',
  sort: 'M5 3.25v9.5M2.75 10.5 5 12.75l2.25-2.25M11 12.75v-9.5M8.75 5.5 11 3.25l2.25 2.25',
  filter: 'M2.5 4h11M4.5 8h7M6.5 12h3',
  smile:
    'M8 13.75a5.75 5.75 0 1 0 0-11.5 5.75 5.75 0 0 0 0 11.5ZM5.75 9.25c.5 1 1.25 1.5 2.25 1.5s1.75-.5 2.25-1.5M6.25 6.25h.01M9.75 6.25h.01',
} as const;

export type IconName = keyof typeof paths;

/** A picture beside a text, or in a button that has a name: it says nothing by itself. */
export function Icon({ name }: { name: IconName }) {
  return (
    <svg className="icon" viewBox="0 0 16 16" width="16" height="16" aria-hidden="true">
      <path d={paths[name]} />
    </svg>
  );
}
