import './parts.css';

/** A state in one or two words. Its colour adds nothing that the words don’t say. */
export function Badge({ kind = 'plain', children }: { kind?: 'plain' | 'ok' | 'warn' | 'danger'; children: string }) {
  return <span className={`badge badge-${kind}`}>{children}</span>;
}
