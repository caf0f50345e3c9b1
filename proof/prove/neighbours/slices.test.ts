import { testSlices } from '../slices.ts';
import { bounded_reads } from './bounded-reads.ts';
import { turns } from './turns.ts';

testSlices([turns, bounded_reads]);
