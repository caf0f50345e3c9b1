import { testSlices } from '../slices.ts';
import { mails } from './index.ts';

testSlices([mails]);
