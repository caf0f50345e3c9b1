import { testSlices } from '../slices.ts';
import { ledgers } from './index.ts';

testSlices(ledgers);
