import { testSlices } from '../slices.ts';
import { turns } from './turns.ts';

testSlices([turns]);
