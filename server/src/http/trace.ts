import { randomBytes } from 'node:crypto';

/** The trace that a request belongs to (W3C Trace Context), and the request's own span in it. */
export interface Trace {
  trace_id: string;
  /** The client's span. */
  parent_id: string;
  /** The request's span. */
  span_id: string;
  sampled: boolean;
}

const form = /^([\da-f]{2})-([\da-f]{32})-([\da-f]{16})-([\da-f]{2})(?:-|$)/;
const current_version = '00';
const length = 55;
const no_id = /^0+$/;

/**
 * Reads `traceparent`. An invalid one is ignored, as the specification asks: faulty tracing must not fail a client's
 * requests. A valid one only tells which lines of a log belong together.
 */
export function readTrace(header: unknown): Trace | undefined {
  if (typeof header !== 'string') return undefined;
  const [, version, trace_id, parent_id, flags] = form.exec(header) ?? [];
  if (trace_id === undefined || parent_id === undefined || version === 'ff') return undefined;
  // A later version may append fields after the flags.
  if (version === current_version && header.length !== length) return undefined;
  if (no_id.test(trace_id) || no_id.test(parent_id)) return undefined;
  const sampled = (Number.parseInt(flags ?? '', 16) & 1) === 1;
  return { trace_id, parent_id, span_id: randomBytes(8).toString('hex'), sampled };
}

/** The value of `traceresponse`: the trace, with the request's span. */
export function traceResponse({ trace_id, span_id, sampled }: Trace): string {
  return `${current_version}-${trace_id}-${span_id}-0${sampled ? 1 : 0}`;
}
