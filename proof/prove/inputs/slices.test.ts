import { testSlices } from '../slices.ts';
import { inputs } from './index.ts';

testSlices(inputs);
