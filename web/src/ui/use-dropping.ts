import { useEffect, useEffectEvent, useState } from 'react';

const filesIn = (data: DataTransfer | null): File[] => [...(data?.files ?? [])];
/** While files are dragged, only the kind of the data is known. */
const hasFiles = (event: DragEvent) => event.dataTransfer?.types.includes('Files') === true;

/** Pasting into a text field inserts text, even if the clipboard also contains a picture of it. */
const takesText = (event: ClipboardEvent) =>
  event.target instanceof Element &&
  event.target.closest('input, textarea, [contenteditable]') !== null &&
  event.clipboardData?.types.includes('text/plain') === true;

const hasDialog = (): boolean => document.querySelector('[role=dialog], [role=alertdialog]') !== null;

/**
 * Accepts files that are dropped anywhere on the page, or pasted. Files that are given to a dialog, such as that of a new
 * ticket, are for the dialog and not for the page under it. Returns whether files are being dragged over it.
 */
export function useDropping(take: ((files: File[]) => void) | undefined, { in_dialog = false } = {}): boolean {
  const [is_over, setOver] = useState(false);
  const takes = take !== undefined;
  const given = useEffectEvent((files: File[]) => {
    if (files.length > 0) take?.(files);
  });
  useEffect(() => {
    if (!takes) return undefined;
    const ending = new AbortController();
    const options = { signal: ending.signal };
    const over = (event: DragEvent) => {
      if (!hasFiles(event)) return;
      event.preventDefault(); // otherwise the browser would replace the page with the file
      setOver(hasDialog() === in_dialog);
    };
    const left = (event: DragEvent) => {
      if (event.relatedTarget === null) setOver(false);
    };
    const drop = (event: DragEvent) => {
      if (!hasFiles(event)) return;
      event.preventDefault();
      setOver(false);
      if (hasDialog() === in_dialog) given(filesIn(event.dataTransfer));
    };
    const paste = (event: ClipboardEvent) => {
      const files = filesIn(event.clipboardData);
      if (files.length === 0 || takesText(event) || hasDialog() !== in_dialog) return;
      event.preventDefault();
      given(files);
    };
    document.addEventListener('dragover', over, options);
    document.addEventListener('dragleave', left, options);
    document.addEventListener('drop', drop, options);
    document.addEventListener('paste', paste, options);
    return () => {
      ending.abort();
      setOver(false);
    };
  }, [takes, in_dialog]);
  return is_over;
}
