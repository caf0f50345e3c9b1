import { Marked, type Token, type Tokens } from 'marked';

export interface Links {
  /** Where a ticket's key leads; undefined for what only looks like one, as UTF-8 does. */
  hrefOf: (key: string) => string | undefined;
}

const escaped: Record<string, string> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' };
const escape = (text: string) => text.replaceAll(/[&<>"']/g, (letter) => escaped[letter] ?? '');

const key_in_text = /(?<![\w-])[A-Z][A-Z0-9]{1,9}-[1-9]\d{0,9}(?![\w-])/g;

/** Escaped text with the keys of tickets as links. */
const linked = (text: string, { hrefOf }: Links) =>
  text.replaceAll(key_in_text, (key) => {
    const href = hrefOf(key);
    return href === undefined ? key : `<a href="${escape(href)}">${key}</a>`;
  });

/** Whether an address leads anywhere: a scheme that runs something, as `javascript:`, is shown as it was written. */
const leads = (href: string) => /^(https?:|mailto:|tel:|[^:]*$|[^:]*[/?#])/i.test(href.trim());

/** Markdown as HTML. HTML in it is text: what is written as `<b>` is shown as that. */
export function htmlOf(text: string, links: Links): string {
  /** The texts of links, which can't have links in them. */
  const within = new WeakSet<Token>();
  const marked = new Marked({
    gfm: true,
    breaks: true,
    async: false,
    walkTokens(token) {
      if (token.type !== 'link' && !within.has(token)) return;
      for (const child of 'tokens' in token ? (token.tokens ?? []) : []) within.add(child);
    },
    renderer: {
      html: ({ text: raw }) => escape(raw),
      link: ({ href, raw }) => !leads(href) && escape(raw),
      image: ({ href, raw }) => !leads(href) && escape(raw),
      text(token: Tokens.Text | Tokens.Escape) {
        if ('tokens' in token && token.tokens !== undefined) return this.parser.parseInline(token.tokens);
        const plain = 'escaped' in token && token.escaped ? token.text : escape(token.text);
        return within.has(token) ? plain : linked(plain, links);
      },
    },
  });
  return marked.parse(text) as string;
}
