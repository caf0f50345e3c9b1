import { useQuery } from '@tanstack/react-query';
import { useEffect, useState } from 'react';
import { type FoundLabels, labelsQuery, longest_label, most_labels } from '../api/labels.ts';
import type { Desk } from '../desk/desk.ts';
import { offeredLabels, type OfferedLabels } from './offered-labels.ts';
import { knownLabels } from './known-labels.ts';

/** How long a text has to stay the same before the server is asked for it. */
const quiet_ms = 200;

/** Returns a text once it has stayed the same for a moment. */
function useSettled(text: string): string {
  const [settled, setSettled] = useState(text);
  useEffect(() => {
    const timer = setTimeout(() => setSettled(text), quiet_ms);
    return () => clearTimeout(timer);
  }, [text]);
  return settled;
}

/** Returns what the server last responded, to any text. */
function useLast(desk: Desk, found: FoundLabels | undefined): FoundLabels | undefined {
  const [last, setLast] = useState({ desk, found });
  // Another workspace has other labels.
  if (last.desk !== desk || (found !== undefined && found !== last.found)) {
    setLast({ desk, found });
    return found;
  }
  return last.found;
}

/**
 * Returns the labels that an open menu offers for a typed text: those of loaded tickets at once, and once the server has
 * responded, those of all other tickets, too. If it doesn't respond, the labels that are known stay.
 */
export function useLabels(desk: Desk, { query, own }: { query: string; own: readonly string[] }): OfferedLabels {
  const typed = query.trim().normalize();
  const asked = useSettled(typed);
  const enabled = asked.length <= longest_label;
  const { data } = useQuery({ ...labelsQuery(desk.workspace_id, asked), enabled });
  return offeredLabels({
    typed,
    known: [...own, ...knownLabels(desk)],
    found: useLast(desk, data),
    is_answer: asked === typed && data !== undefined,
    most: most_labels,
    longest: longest_label,
  });
}
