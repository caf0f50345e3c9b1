import { testSlices } from '../slices.ts';
import { races } from './index.ts';

testSlices(races);
