import type { Page } from 'playwright-core';
import type { Broken } from './consoles.ts';

/** The fields in which a person types, in the order in which the walk fills them. */
export const typed_fields = ['title', 'description', 'comment', 'edit of a comment', 'new ticket'] as const;
export type TypedField = (typeof typed_fields)[number];

/** Returns the text for a field, which occurs nowhere else on the page. */
export const typedText = (field: TypedField, tag: string): string => `${tag}: what was typed as the ${field}`;

/**
 * Opens each field of a ticket’s page and types into it. At the end, the form for a new ticket is open over the others.
 */
export async function typeEverywhere(page: Page, tag: string): Promise<void> {
  const box = (name: string) => page.getByRole('textbox', { name, exact: true });
  await page.getByRole('button', { name: 'Edit the title' }).click();
  await box('Title').fill(typedText('title', tag));
  await page.getByRole('button', { name: 'Edit Description' }).click();
  await box('Description').fill(typedText('description', tag));
  await page.getByRole('button', { name: /^Comment of .*: more$/ }).click();
  await page.getByRole('menuitem', { name: 'Edit' }).click();
  await box('Edit the comment').fill(typedText('edit of a comment', tag));
  await box('Comment').fill(typedText('comment', tag));
  await page.getByRole('banner').getByRole('button', { name: /^New/ }).click();
  const form = page.getByRole('dialog', { name: 'New ticket' });
  await form.getByLabel('Title').fill(`New: ${tag}`);
  await form.getByLabel('Description').fill(typedText('new ticket', tag));
}

/** Evaluates to all text on the page, inside and outside of fields. */
const everything = `[
  document.body.innerText,
  ...[...document.querySelectorAll('input, textarea')].map(({ value }) => value),
].join('\\n')`;

/**
 * Returns the fields whose text can be found on a ticket’s page within some seconds. It continues the drafts that the
 * page offers.
 */
export async function findTyped(page: Page, tag: string, seconds: number): Promise<TypedField[]> {
  const deadline = Date.now() + seconds * 1000;
  const form = page.getByRole('dialog', { name: 'New ticket' });
  for (;;) {
    if (await form.isVisible()) await form.getByRole('button', { name: 'Close' }).first().click();
    for (const left = page.getByRole('button', { name: 'Continue' }).first(); await left.isVisible(); )
      await left.click();
    await page.getByRole('banner').getByRole('button', { name: /^New/ }).click();
    await form.waitFor();
    const text = await page.evaluate<string>(everything);
    const found = typed_fields.filter((field) => text.includes(typedText(field, tag)));
    if (found.length === typed_fields.length || Date.now() > deadline) return found;
    await page.waitForTimeout(500);
  }
}

/** A console without drafts: a text is only in its field until it is sent, and nothing is stored. */
export const forgetful: Broken[] = [
  {
    file: 'desk/use-draft.ts',
    replace: `
      import { useState } from 'react';
      const others = [];
      export function useDraft() {
        const [draft, setDraft] = useState(undefined);
        const type = (text, base_version) => setDraft({ text, base_version, saved_at: Date.now(), stamp: text });
        return { draft, others, type, discard: () => setDraft(undefined), exchange() {}, drop() {} };
      }`,
  },
  { file: 'api/disk.ts', find: 'return withPrefix(rows, prefix).map(([, kept]) => kept);', replace: 'return [];' },
];
