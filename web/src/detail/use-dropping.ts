import { useEffect, useEffectEvent, useState } from 'react';

const filesIn = (data: DataTransfer | null): File[] => [...(data?.files ?? [])];
/** While they are dragged only their kind is known. */
const hasFiles = (event: DragEvent) => event.dataTransfer?.types.includes('Files') === true;

/** Where texts are pasted, a text is meant, even if there is a picture of it beside it. */
const takesText = (event: ClipboardEvent) =>
  event.target instanceof Element &&
  event.target.closest('input, textarea, [contenteditable]') !== null &&
  event.clipboardData?.types.includes('text/plain') === true;

/** Takes files that are dropped anywhere on the page, or pasted. Tells whether some are over it. */
export function useDropping(take: ((files: File[]) => void) | undefined): boolean {
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
      event.preventDefault(); // or the browser opens it in place of the page
      setOver(true);
    };
    const left = (event: DragEvent) => {
      if (event.relatedTarget === null) setOver(false);
    };
    const drop = (event: DragEvent) => {
      if (!hasFiles(event)) return;
      event.preventDefault();
      setOver(false);
      given(filesIn(event.dataTransfer));
    };
    const paste = (event: ClipboardEvent) => {
      const files = filesIn(event.clipboardData);
      if (files.length === 0 || takesText(event)) return;
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
  }, [takes]);
  return is_over;
}
