// In the order in which a client needs them, as in server/src/reference/openapi.ts.
const tags = [
  'accounts',
  'workspaces',
  'members',
  'bots',
  'invitations',
  'projects',
  'workflows',
  'tickets',
  'views',
  'transitions',
  'comments',
  'tokens',
  'retries',
  'audit',
  'policy',
  'operations',
];

const place = (tag) => (tags.includes(tag) ? tags.indexOf(tag) : tags.length);

/** Folds the responses that are errors: an operation has a dozen, and they are much alike. */
function foldErrors() {
  return {
    wrapComponents: {
      response: (Response, { React }) =>
        function Folded(props) {
          const [open, setOpen] = React.useState(false);
          if (Number(props.code) < 400) return React.createElement(Response, props);
          const codes = [...(props.response.getIn(['content', 'application/problem+json', 'examples']) ?? new Map()).keys()];
          const button = React.createElement(
            'button',
            { type: 'button', 'aria-expanded': open, onClick: () => setOpen(!open) },
            `${open ? '▾' : '▸'} ${props.code} ${codes.join(', ')}`,
          );
          const cell = React.createElement('td', { colSpan: 3 }, button);
          return React.createElement(
            React.Fragment,
            null,
            React.createElement('tr', { className: 'folded' }, cell),
            open ? React.createElement(Response, props) : null,
          );
        },
    },
  };
}

window.SwaggerUIBundle({
  url: '/openapi.json',
  dom_id: '#reference',
  deepLinking: true,
  docExpansion: 'list',
  defaultModelsExpandDepth: 0,
  filter: true,
  persistAuthorization: false,
  tryItOutEnabled: false,
  validatorUrl: null,
  plugins: [foldErrors],
  tagsSorter: (a, b) => place(a) - place(b),
});
