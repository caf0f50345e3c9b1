import { useCallback, useEffect, useState } from 'react';
import type { Desk } from '../desk/desk.ts';

export interface Loaded {
  /** The ticket’s id, as soon as it is known. */
  id: string | undefined;
  error: unknown;
  retry: () => void;
}

/** Reads a ticket by its key or id when it is opened, and keeps it up to date while it is open. */
export function useLoaded(desk: Desk, reference: string): Loaded {
  const [error, setError] = useState<unknown>(undefined);
  const [read, setRead] = useState<string | undefined>(undefined);
  const id = desk.tickets.idOf(reference) ?? read;
  const load = useCallback(() => {
    setError(undefined);
    desk.reader.read(reference).then(setRead, setError);
  }, [desk, reference]);
  useEffect(load, [load]);
  useEffect(() => (id === undefined ? undefined : desk.reader.open(id)), [desk, id]);
  return { id, error, retry: load };
}
