import { Marked, type Token, type Tokens } from 'marked';

export interface Links {
  /** Returns the address of a ticket key; undefined for other texts in that format, such as UTF-8. */
  hrefOf: (key: string) => string | undefined;
  /** Replaces the mentions in a text: `written` returns how a name, such as `@Ada`, is shown. */
  named: (text: string, written: (name: string) => string) => string;
}

const escaped: Record<string, string> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' };
const escape = (text: string) => text.replaceAll(/[&<>"']/g, (letter) => escaped[letter] ?? '');

const key_in_text = /(?<![\w-])[A-Z][A-Z0-9]{1,9}-[1-9]\d{0,9}(?![\w-])/g;

const bold = (name: string) => `<strong>${escape(name)}</strong>`;

/** Links the ticket keys in an escaped text. */
const linked = (text: string, { hrefOf }: Links) =>
  text.replaceAll(key_in_text, (key) => {
    const href = hrefOf(key);
    return href === undefined ? key : `<a href="${escape(href)}">${key}</a>`;
  });

/** Returns whether an address may be linked. Schemes that run code, such as `javascript:`, are shown as plain text. */
const leads = (href: string) => /^(https?:|mailto:|tel:|[^:]*$|[^:]*[/?#])/i.test(href.trim());

/** Converts Markdown to HTML. HTML in it becomes text: `<b>` is shown as `<b>`. */
export function htmlOf(text: string, links: Links): string {
  /** The tokens within links, where ticket keys must not be linked again. */
  const within = new WeakSet<Token>();
  const marked = new Marked({
    gfm: true,
    breaks: true,
    async: false,
    walkTokens(token) {
      // Only the name, since code shows markup as it is.
      if (token.type === 'code' || token.type === 'codespan') token.text = links.named(token.text as string, String);
      if (token.type !== 'link' && !within.has(token)) return;
      for (const child of 'tokens' in token ? (token.tokens ?? []) : []) within.add(child);
    },
    renderer: {
      html: ({ text: raw }) => links.named(escape(raw), bold),
      link: ({ href, raw }) => !leads(href) && escape(raw),
      image: ({ href, raw }) => !leads(href) && escape(raw),
      text(token: Tokens.Text | Tokens.Escape) {
        if ('tokens' in token && token.tokens !== undefined) return this.parser.parseInline(token.tokens);
        const plain = 'escaped' in token && token.escaped ? token.text : escape(token.text);
        return links.named(within.has(token) ? plain : linked(plain, links), bold);
      },
    },
  });
  return marked.parse(text) as string;
}
