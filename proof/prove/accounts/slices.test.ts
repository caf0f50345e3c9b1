import { testSlices } from '../slices.ts';
import { accounts } from './index.ts';

testSlices(accounts);
