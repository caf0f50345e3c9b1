import { testSlices } from '../slices.ts';
import { faults } from './index.ts';

testSlices(faults);
