import { expect, test } from 'vitest';
import { readTrace, traceResponse } from './trace.ts';

const trace_id = '0af7651916cd43dd8448eb211c80319c';
const parent_id = 'b7ad6b7169203331';

test.each([
  [`00-${trace_id}-${parent_id}-01`, true],
  [`00-${trace_id}-${parent_id}-00`, false],
  [`00-${trace_id}-${parent_id}-03`, true],
  [`cc-${trace_id}-${parent_id}-01`, true],
  [`cc-${trace_id}-${parent_id}-01-what-comes-later`, true],
])('%s is read, and the response continues the trace with a span of its own', (header, sampled) => {
  const trace = readTrace(header);
  expect(trace).toEqual({ trace_id, parent_id, span_id: expect.stringMatching(/^[\da-f]{16}$/) as unknown, sampled });
  expect(trace && traceResponse(trace)).toBe(`00-${trace_id}-${trace?.span_id}-0${sampled ? 1 : 0}`);
  expect(readTrace(header)?.span_id).not.toBe(trace?.span_id);
});

test.each([
  undefined,
  '',
  `00-${trace_id}-${parent_id}`,
  `00-${trace_id}-${parent_id}-01-`,
  `00-${trace_id}-${parent_id}-01, 00-${trace_id}-${parent_id}-01`,
  `00-${trace_id.toUpperCase()}-${parent_id}-01`,
  `00-${'0'.repeat(32)}-${parent_id}-01`,
  `00-${trace_id}-${'0'.repeat(16)}-01`,
  `ff-${trace_id}-${parent_id}-01`,
  `cc-${trace_id}-${parent_id}-01.`,
  `00-${trace_id}-${parent_id}-0x`,
  ` 00-${trace_id}-${parent_id}-01`,
])('%j is not a trace, and is ignored', (header) => {
  expect(readTrace(header)).toBeUndefined();
});
