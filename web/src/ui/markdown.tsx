import { useRouter } from '@tanstack/react-router';
import DOMPurify from 'dompurify';
import { useLayoutEffect, useRef } from 'react';
import { htmlOf, type Links } from './markdown-html.ts';
import './markdown.css';

/** What leads elsewhere: a link there learns nothing of this page, and a picture from there is a link to it. */
function seal(root: DocumentFragment): void {
  for (const picture of root.querySelectorAll('img')) {
    if (picture.src.startsWith(`${location.origin}/`)) continue;
    const link = document.createElement('a');
    link.href = picture.src;
    link.textContent = picture.alt === '' ? picture.src : picture.alt;
    picture.replaceWith(link);
  }
  for (const link of root.querySelectorAll('a')) {
    if (link.host === location.host) continue;
    link.rel = 'noreferrer';
    link.target = '_blank';
  }
}

type MarkdownProps = Links & { text: string };

/** A text that somebody wrote in Markdown. What it links to in the console opens in this page. */
export function Markdown({ text, hrefOf }: MarkdownProps) {
  const place = useRef<HTMLDivElement>(null);
  const { history } = useRouter();
  useLayoutEffect(() => {
    // Parsed under DOMPurify's own policy of Trusted Types, and put in as nodes: nothing sets HTML as text.
    const fragment = DOMPurify.sanitize(htmlOf(text, { hrefOf }), { RETURN_DOM_FRAGMENT: true });
    seal(fragment);
    place.current?.replaceChildren(fragment);
  }, [text, hrefOf]);
  const follow = (event: React.MouseEvent) => {
    const link = event.target instanceof Element ? event.target.closest('a') : null;
    const elsewhere = event.ctrlKey || event.metaKey || event.shiftKey || event.altKey || event.button !== 0;
    if (link === null || elsewhere || link.host !== location.host || link.target !== '') return;
    event.preventDefault();
    history.push(link.pathname + link.search + link.hash);
  };
  // The links in it are links: this only keeps them from loading the page anew.
  return <div ref={place} className="markdown" onClick={follow} />;
}
