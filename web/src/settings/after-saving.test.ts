import { expect, test } from 'vitest';
import { afterSaving } from './after-saving.ts';

test('a field shows the saved text, unless something has been typed since it was sent', () => {
  expect(afterSaving(' Crane ', { sent: ' Crane ', saved: 'Crane' })).toBe('Crane');
  expect(afterSaving('Crane and b', { sent: 'Crane', saved: 'Crane' })).toBe('Crane and b');
});
