import type { FoundLabels } from '../api/labels.ts';

export interface OfferedLabels {
  labels: string[];
  /** The typed text, if it isn't among the labels and may become one. */
  other: string | undefined;
  /** Whether all labels that contain the text are known. */
  complete: boolean;
}

interface Known {
  typed: string;
  /** Labels of loaded tickets. */
  known: readonly string[];
  /** The server's last response. */
  found: FoundLabels | undefined;
  /** Whether that is the response to this text; otherwise to an earlier one. */
  is_answer: boolean;
  /** The most labels to offer. */
  most: number;
  /** The most characters of a label. */
  longest: number;
}

/**
 * Returns the labels to offer for a text, the known ones first, so that none moves when a response comes. Only a label that
 * is the text itself comes before them. A response to an earlier text is used as far as it matches this one.
 */
export function offeredLabels({ typed, known, found, is_answer, most, longest }: Known): OfferedLabels {
  const matches = (label: string) => label.toLowerCase().includes(typed.toLowerCase());
  const names = found?.names ?? [];
  // The server's idea of letter case counts, not the browser's.
  const all = [...new Set([...known.filter(matches), ...(is_answer ? names : names.filter(matches))])];
  const is_there = all.includes(typed);
  return {
    labels: (is_there ? [typed, ...all.filter((label) => label !== typed)] : all).slice(0, most),
    other: typed === '' || typed.length > longest || is_there ? undefined : typed,
    complete: is_answer && found?.complete === true,
  };
}
