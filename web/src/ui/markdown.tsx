import { useRouter } from '@tanstack/react-router';
import DOMPurify from 'dompurify';
import { useLayoutEffect, useRef } from 'react';
import { htmlOf, type Links } from './markdown-html.ts';
import { isPageAddress } from './page-address.ts';
import './markdown.css';

/** Secures external content: links to other sites send no referrer, and pictures from other sites become links. */
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

/** Gives each part of a text, such as a list, the direction of its own letters. Code keeps the page's. */
function direct(root: DocumentFragment): void {
  for (const part of root.children) {
    if (part instanceof HTMLElement && part.tagName !== 'PRE') part.dir = 'auto';
  }
}

type MarkdownProps = Links & { text: string };

/** Renders a person's Markdown text. Links to the console's pages open in this page. */
export function Markdown({ text, hrefOf, named }: MarkdownProps) {
  const place = useRef<HTMLDivElement>(null);
  const { history, routesByPath } = useRouter();
  useLayoutEffect(() => {
    // DOMPurify parses it under its own Trusted Types policy and returns nodes, so nothing sets HTML from a text.
    const fragment = DOMPurify.sanitize(htmlOf(text, { hrefOf, named }), { RETURN_DOM_FRAGMENT: true });
    seal(fragment);
    direct(fragment);
    place.current?.replaceChildren(fragment);
  }, [text, hrefOf, named]);
  const follow = (event: React.MouseEvent) => {
    const link = event.target instanceof Element ? event.target.closest('a') : null;
    const elsewhere = event.ctrlKey || event.metaKey || event.shiftKey || event.altKey || event.button !== 0;
    if (link === null || elsewhere || link.host !== location.host || link.target !== '') return;
    if (!isPageAddress(Object.keys(routesByPath), link.pathname)) return;
    event.preventDefault();
    history.push(link.pathname + link.search + link.hash);
  };
  // The links work by themselves; this handler only avoids reloading the page.
  return <div ref={place} className="markdown" onClick={follow} />;
}
