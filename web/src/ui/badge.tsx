import './parts.css';

/** A state in one or two words. Its colour says nothing that they don’t. */
export function Badge({ kind = 'plain', children }: { kind?: 'plain' | 'ok' | 'warn' | 'danger'; children: string }) {
  return <span className={`badge badge-${kind}`}>{children}</span>;
}
